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

}  // namespace

Grant match_principal(const Header& document, const Statement& statement, const Subject& subject) {
  if (statement.has(Statement::kStarPrincipal) && !statement.has(Statement::kNotPrincipal)) {
    return Grant::final;
  }
  Grant best = Grant::none;
  const PrincipalEntry* entries = document.data(document.principals) + statement.principals;
  for (std::size_t i = 0; i < statement.principal_count && best != Grant::final; ++i) {
    const std::string_view text = document.pool(entries[i].text, entries[i].size);
    best = std::max(best, match_entry(entries[i], text, subject.request.principal));
  }
  if (!statement.has(Statement::kNotPrincipal)) return best;
  // Rule 363: a listed principal that has a boundary is denied all the same.
  if (statement.deny() && subject.has_boundary) return Grant::final;
  return best == Grant::none ? Grant::final : Grant::none;  // Rules 361, 362, 364
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
