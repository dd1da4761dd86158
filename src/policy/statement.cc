#include "policy/statement.h"

namespace rolecall::policy {

using compiled::Header;
using compiled::PrincipalEntry;
using compiled::PrincipalForm;
using compiled::Statement;

namespace {

bool belongs_to_account(const Principal& principal) {
  switch (principal.kind) {
    case PrincipalKind::user:
    case PrincipalKind::role_session:
    case PrincipalKind::federated_user:
    case PrincipalKind::root:
      return !principal.account.empty();
    default:
      return false;
  }
}

Grant match_entry(const PrincipalEntry& entry, std::string_view text, const Principal& who) {
  switch (entry.form) {
    case PrincipalForm::star:
      return Grant::final;  // Rules 166, 349
    case PrincipalForm::account: {
      // Rules 341, 350: delegation to all of the account, no service acting elsewhere.
      if (!belongs_to_account(who) || who.account.number() != entry.account) return Grant::none;
      if (!text.empty()) {  // Rule 129: the ARN form names a partition
        const auto arn = ArnView::parse(who.arn);
        if (!arn || arn->partition != text) return Grant::none;
      }
      return Grant::account;
    }
    case PrincipalForm::user:
      if (who.kind == PrincipalKind::user && who.arn == text) return Grant::final;
      if (who.kind == PrincipalKind::federated_user && who.federating_user_arn == text) {
        return Grant::limited;
      }
      return Grant::none;
    case PrincipalForm::role:
      return who.kind == PrincipalKind::role_session && who.role_arn == text ? Grant::limited
                                                                             : Grant::none;
    case PrincipalForm::session:
      return who.kind == PrincipalKind::role_session && who.arn == text ? Grant::final
                                                                        : Grant::none;
    case PrincipalForm::federated_user:
      return who.kind == PrincipalKind::federated_user && who.arn == text ? Grant::final
                                                                          : Grant::none;
    case PrincipalForm::user_id:  // Rule 374
      return who.kind == PrincipalKind::user && who.user_id == text ? Grant::final : Grant::none;
    case PrincipalForm::role_id:
      return who.kind == PrincipalKind::role_session && who.user_id.size() > text.size() &&
                     who.user_id.starts_with(text) && who.user_id[text.size()] == ':'
                 ? Grant::limited
                 : Grant::none;
    case PrincipalForm::service:
      return who.kind == PrincipalKind::service && who.arn == text ? Grant::final : Grant::none;
    case PrincipalForm::federated:  // Rule 347: unsigned calls only
      return (who.kind == PrincipalKind::web_identity || who.kind == PrincipalKind::saml) &&
                     who.arn == text
                 ? Grant::final
                 : Grant::none;
    case PrincipalForm::canonical_user:  // Rule 348: like the account
      return belongs_to_account(who) && !text.empty() && who.canonical_user_id == text
                 ? Grant::account
                 : Grant::none;
    case PrincipalForm::never:
      return Grant::none;
  }
  return Grant::none;
}

// The names a caller goes by. A Deny with NotPrincipal spares only whom it lists by all of them
// (Rule 362): with his account alone listed, or his role, everybody else of it would slip through.
enum Identity : std::uint8_t { kOwn = 1, kRole = 2, kAccount = 4 };

std::uint8_t identities_of(const Principal& who) {
  std::uint8_t out = 0;
  if (who.kind != PrincipalKind::root) out |= kOwn;
  if (who.kind == PrincipalKind::role_session) out |= kRole;
  if (belongs_to_account(who)) out |= kAccount;
  return out;
}

// Which of them an entry lists.
std::uint8_t listed_by(const PrincipalEntry& entry, Grant grant, const Principal& who) {
  if (entry.form == PrincipalForm::star) return kOwn | kRole | kAccount;
  switch (grant) {
    case Grant::none:
      return 0;
    case Grant::account:
      return kAccount;
    case Grant::limited:  // a role; or the user behind a federated user, who is none of his names
      return who.kind == PrincipalKind::role_session ? kRole : 0;
    case Grant::final:
      return kOwn;
  }
  return 0;
}

}  // namespace

Grant match_principal(const Header& document, const Statement& statement, const Subject& subject) {
  if (statement.has(Statement::kStarPrincipal) && !statement.has(Statement::kNotPrincipal)) {
    return Grant::final;
  }
  const Principal& who = subject.request.principal;
  const bool negated = statement.has(Statement::kNotPrincipal);
  Grant best = Grant::none;
  std::uint8_t listed = 0;
  const PrincipalEntry* entries = document.data(document.principals) + statement.principals;
  for (std::size_t i = 0; i < statement.principal_count; ++i) {
    const std::string_view text = document.pool(entries[i].text, entries[i].size);
    const Grant grant = match_entry(entries[i], text, who);
    best = std::max(best, grant);
    if (negated) {
      listed |= listed_by(entries[i], grant, who);
    } else if (best == Grant::final) {
      break;
    }
  }
  if (!negated) return best;
  // Rule 364: an Allow leaves out whoever is listed by one name. Both ways err on the side of less.
  if (!statement.deny()) return best == Grant::none ? Grant::final : Grant::none;
  // Rule 363: a listed principal that has a boundary is denied all the same.
  if (subject.has_boundary) return Grant::final;
  const std::uint8_t all = identities_of(who);
  return (listed & all) == all ? Grant::none : Grant::final;  // Rules 361, 362
}

bool listed_in_not_action(const Header& document, const Statement& statement,
                          const Action& action) {
  const std::uint16_t* ids = document.data(document.not_ids) + statement.not_ids;
  if (action.id() != Action::kUnknown &&
      std::binary_search(ids, ids + statement.not_id_count, action.id())) {
    return true;
  }
  const auto* patterns = document.data(document.not_patterns) + statement.not_patterns;
  return std::any_of(patterns, patterns + statement.not_pattern_count, [&](const auto& pattern) {
    return match_action_pattern(document, pattern, action);
  });
}

bool match_condition_list(const Header& document, const Statement& statement,
                          const Subject& subject) {
  const compiled::Condition* conditions = document.data(document.conditions) + statement.conditions;
  for (std::size_t i = 0; i < statement.condition_count; ++i) {
    if (!match_condition(document, conditions[i], statement, subject.context)) return false;
  }
  return true;
}

}  // namespace rolecall::policy
