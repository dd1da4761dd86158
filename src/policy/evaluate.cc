// decide(): the layers one after the other, explicit denials first (sections 3 to 7 of the rules).
#include "policy/decision.h"
#include "policy/exemptions.h"
#include "policy/program_data.h"
#include "policy/statement.h"

namespace rolecall::policy {
namespace {

using compiled::Header;
using compiled::Statement;

// A layer's Allow, and whose it is.
struct Allowed {
  Grant grant = Grant::none;
  std::uint16_t policy = Decision::kNone, statement = Decision::kNone;
};

// What one layer (or one level of it) says about the request.
struct Finding {
  Allowed allow;
  bool deny = false;
  bool unreadable = false;
  std::uint16_t deny_policy = Decision::kNone, deny_statement = Decision::kNone;
};

bool statement_applies(const Header& document, const Statement& statement, const Subject& subject) {
  return match_resource(document, statement, subject) &&
         match_conditions(document, statement, subject);
}

class Decider {
 public:
  Decider(const Request& request, const Policies& policies)
      : request_(request),
        policies_(policies),
        subject_{request, request.context != nullptr ? *request.context : no_context(),
                 policies.boundary.document != nullptr} {}

  Decision run() {
    const Principal& who = request_.principal;
    out_.same_account = !who.account.empty() && (request_.resource_account.empty() ||
                                                 request_.resource_account == who.account);
    const ResourceRule rule = resource_rule(request_);
    out_.trust = rule == ResourceRule::trust;
    switch (call_rule(request_, policies_)) {
      case CallRule::always_allowed:
        return allow(Reason::needs_no_permission, Layer::none, {});
      case CallRule::wrong_credentials:
        out_.reason = Reason::credential_kind;
        return out_;
      case CallRule::ordinary:
        break;
    }
    if (!gather()) return out_;  // Rule 102
    return weigh(rule);
  }

 private:
  static const Context& no_context() {
    static const Context kEmpty;
    return kEmpty;
  }

  // Looks at every layer; false when one denies explicitly, in the order of Rule 804.
  bool gather() {
    if (policies_.program != nullptr && policies_.program->data().usable &&
        request_.action->id() != Action::kUnknown) {
      return gather_combined(policies_.program->data());
    }
    if (!policies_.scps.empty() && scp_exemption(request_, policies_).empty()) {
      scp_silent_ = levels(policies_.scps, Layer::scp);
      if (denied_) return false;
    }
    if (!policies_.rcps.empty() && rcp_exemption(request_, policies_).empty()) {
      levels(policies_.rcps, Layer::rcp);  // Rule 203: never denies implicitly
      if (denied_) return false;
    }
    identity_ = look(policies_.identity, Layer::identity).allow;
    if (denied_) return false;
    if (policies_.boundary.document != nullptr) {
      boundary_ = look({&policies_.boundary, 1}, Layer::boundary).allow.grant;
      if (denied_) return false;
    }
    session_ = look(policies_.session, Layer::session).allow.grant;
    return !denied_ && gather_resource_side();
  }

  bool gather_resource_side() {
    if (policies_.resource.document != nullptr) {
      resource_ = look({&policies_.resource, 1}, Layer::resource).allow;
      if (denied_) return false;
    }
    if (policies_.endpoint.document != nullptr) {
      endpoint_ = look({&policies_.endpoint, 1}, Layer::endpoint).allow.grant;
      if (denied_) return false;
    }
    return true;
  }

  // The same by a program's row: the action was looked up for all documents at once.
  bool gather_combined(const Program::Data& program) {
    using Data = Program::Data;
    program.fetch_sources();
    const Data::Word* row = program.row(request_.action->id());
    const Data::Word flags = row[0], denials = row[1];
    const std::size_t scp_denials = flags & Data::kScpDenials;
    row += 2;
    const bool limited = program.scp_levels > 0 && scp_exemption(request_, policies_).empty();
    if (limited && denied_by(program, row, scp_denials)) return false;
    if (!policies_.rcps.empty() && rcp_exemption(request_, policies_).empty()) {
      levels(policies_.rcps, Layer::rcp);
      if (denied_) return false;
    }
    row += scp_denials;
    if (denied_by(program, row, denials)) return false;
    row += denials;
    if (!gather_resource_side()) return false;
    return weigh_allows(program, row, flags, limited);
  }

  // The allowing lists of a row; always true, as nothing denies explicitly.
  bool weigh_allows(const Program::Data& program, const Program::Data::Word* row,
                    Program::Data::Word flags, bool limited) {
    using Data = Program::Data;
    const Data::Word* identity = row;
    row += (flags & Data::kIdentityAllows) != 0 ? 1 : 1 + *row;
    if ((flags & Data::kLevelsAllow) == 0) {
      std::size_t count = *row++;
      for (; count > 0; --count) {
        const std::uint16_t level = *row++;
        if (limited && scp_silent_ == Decision::kNone && allowing(program, row) == nullptr) {
          scp_silent_ = level;
        }
        row += 1 + *row;
      }
      if (scp_silent_ != Decision::kNone) return true;  // nobody asks for the rest
    }
    const Data::Word* allowed =
        (flags & Data::kIdentityAllows) != 0 ? identity : allowing(program, identity);
    if (allowed != nullptr) {
      const Data::Source& source = program.source_of(*allowed);
      identity_ = {Grant::final, source.policy, Data::statement_of(source, *allowed)};
    }
    if ((flags & Data::kBoundaryAllows) != 0) {
      boundary_ = Grant::final;
    } else if (program.has_boundary) {
      boundary_ = allowing(program, row) != nullptr ? Grant::final : Grant::none;
      row += 1 + *row;
    }
    if ((flags & Data::kSessionAllows) != 0) {
      session_ = Grant::final;
    } else if (program.has_session) {
      session_ = allowing(program, row) != nullptr ? Grant::final : Grant::none;
    }
    return true;
  }

  bool word_applies(const Program::Data& program, Program::Data::Word word) const {
    const Program::Data::Source& source = program.source_of(word);
    const Statement& statement =
        source.header->first_statement()[Program::Data::statement_of(source, word)];
    return statement_applies(*source.header, statement, subject_);
  }

  bool denied_by(const Program::Data& program, const Program::Data::Word* words,
                 std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      if (!word_applies(program, words[i])) continue;
      const Program::Data::Source& source = program.source_of(words[i]);
      denied_ = true;
      out_.effect = Effect::deny;
      out_.reason = Reason::explicit_deny;
      out_.layer = source.layer;
      out_.level = source.level;
      out_.policy = source.policy;
      out_.statement = Program::Data::statement_of(source, words[i]);
      return true;
    }
    return false;
  }

  // The first statement of a list (its number, then words) that applies; null when none does.
  const Program::Data::Word* allowing(const Program::Data& program,
                                      const Program::Data::Word* list) const {
    const Program::Data::Word* end = list + 1 + *list;
    for (++list; list != end; ++list) {
      if (word_applies(program, *list)) return list;
    }
    return nullptr;
  }

  // The first level without an Allow, or kNone (Rules 181, 182, 184).
  std::uint16_t levels(std::span<const PolicySpan> chain, Layer layer) {
    std::uint16_t silent = Decision::kNone;
    for (std::size_t i = 0; i < chain.size(); ++i) {
      level_ = static_cast<std::uint16_t>(i);
      const Finding finding = look(chain[i], layer);
      if (denied_) return silent;
      if (finding.allow.grant == Grant::none && silent == Decision::kNone) silent = level_;
    }
    level_ = Decision::kNone;
    return silent;
  }

  Finding look(PolicySpan policies, Layer layer) {
    Finding finding;
    for (std::size_t i = 0; i < policies.size() && !finding.deny; ++i) {
      if (policies[i].document != nullptr) {
        look_at(policies[i].document->compiled(), static_cast<std::uint16_t>(i), finding);
      }
    }
    // Rule 225: against the bucket policy's own denial only.
    if (finding.deny && layer == Layer::resource && is_bucket_policy_repair(request_)) {
      finding.deny = false;
    }
    if (finding.deny) {
      denied_ = true;
      out_.effect = Effect::deny;
      out_.reason = finding.unreadable ? Reason::unreadable_policy : Reason::explicit_deny;
      out_.layer = layer;
      out_.level = level_;
      out_.policy = finding.deny_policy;
      out_.statement = finding.deny_statement;
    }
    return finding;
  }

  void look_at(const Header& document, std::uint16_t index, Finding& finding) {
    if (document.readable == 0) {
      finding.deny = finding.unreadable = true;
      finding.deny_policy = index;
      return;
    }
    const Statement* statements = document.first_statement();
    for_each_candidate(document, *request_.action, [&](std::uint16_t at) {
      const Statement& statement = statements[at];
      if (statement.deny() ? finding.deny : finding.allow.grant == Grant::final) return;
      Grant grant = Grant::final;
      if (has_principal(document.kind)) {
        grant = match_principal(document, statement, subject_);
        if (grant == Grant::none || (!statement.deny() && grant <= finding.allow.grant)) return;
      }
      if (!statement_applies(document, statement, subject_)) return;
      if (statement.deny()) {
        finding.deny = true;
        finding.deny_policy = index;
        finding.deny_statement = at;
      } else {
        finding.allow = {grant, index, at};
      }
    });
  }

  // Nothing denies explicitly: who has to allow, and do they?
  Decision weigh(ResourceRule rule) {
    if (scp_silent_ != Decision::kNone) {  // Rules 103, 169, 181
      out_.level = scp_silent_;
      return silent(Layer::scp);
    }
    const Decision answer = weigh_sides(rule);
    if (answer.allowed() && policies_.endpoint.document != nullptr && endpoint_ == Grant::none) {
      return silent(Layer::endpoint);  // Rule 49
    }
    return answer;
  }

  Decision weigh_sides(ResourceRule rule) {
    const Grant granted = resource_.grant;
    switch (request_.principal.kind) {
      case PrincipalKind::anonymous:
      case PrincipalKind::service:
      case PrincipalKind::web_identity:
      case PrincipalKind::saml:  // Rules 171, 265, 291, 293: only the resource's side
        return granted == Grant::none ? silent(Layer::resource)
                                      : allow(Reason::resource_allow, Layer::resource, resource_);
      default:
        break;
    }
    const Layer lacking = own_side();
    const bool own = lacking == Layer::none;
    if (!out_.same_account) {  // Rules 121 to 126, 223, 255
      if (!own) return silent(lacking);
      if (granted == Grant::none) return silent(Layer::resource);
      return allow(Reason::both_allow, Layer::resource, resource_);
    }
    if (rule != ResourceRule::ordinary) {  // Rules 243, 250 to 254
      if (granted == Grant::none) return silent(Layer::resource);
      if (granted == Grant::final || (granted == Grant::limited && within_limits())) {
        return allow(Reason::resource_allow, Layer::resource, resource_);
      }
      if (granted == Grant::limited) return silent(limit());
      return own ? allow(Reason::both_allow, Layer::resource, resource_) : silent(lacking);
    }
    if (request_.principal.kind == PrincipalKind::root && own) {
      return allow(Reason::root_user, Layer::none, {});  // Rule 221
    }
    // Rules 108, 161 to 167.
    if (own) return allow(Reason::identity_allow, Layer::identity, identity_);
    if (granted == Grant::final || (granted == Grant::limited && within_limits())) {
      return allow(Reason::resource_allow, Layer::resource, resource_);
    }
    if (granted == Grant::limited) return silent(limit());
    return silent(lacking);
  }

  // The layer of the caller's own side that lacks an Allow; none when it allows (Rules 103, 104).
  Layer own_side() const {
    if (request_.principal.kind != PrincipalKind::root && identity_.grant == Grant::none) {
      return Layer::identity;
    }
    return limit();
  }

  // The boundary or the session policy, whichever is silent first; none when neither is.
  Layer limit() const {
    if (policies_.boundary.document != nullptr && boundary_ == Grant::none) {
      return Layer::boundary;
    }
    // Rule 156: a federated user without session policy has nothing of the user's.
    const bool wanted =
        !policies_.session.empty() || request_.principal.kind == PrincipalKind::federated_user;
    return wanted && session_ == Grant::none ? Layer::session : Layer::none;
  }
  bool within_limits() const { return limit() == Layer::none; }

  Decision allow(Reason reason, Layer layer, const Allowed& by) {
    out_.effect = Effect::allow;
    out_.reason = reason;
    out_.layer = layer;
    out_.level = Decision::kNone;
    out_.policy = by.policy;
    out_.statement = by.statement;
    return out_;
  }

  Decision silent(Layer layer) {
    out_.effect = Effect::deny;
    out_.reason = Reason::no_allow;
    out_.layer = layer;
    if (layer != Layer::scp) out_.level = Decision::kNone;
    out_.policy = out_.statement = Decision::kNone;
    return out_;
  }

  const Request& request_;
  const Policies& policies_;
  Subject subject_;
  Decision out_;
  bool denied_ = false;
  std::uint16_t level_ = Decision::kNone;
  std::uint16_t scp_silent_ = Decision::kNone;
  Allowed identity_, resource_;
  Grant boundary_ = Grant::none, session_ = Grant::none, endpoint_ = Grant::none;
};

}  // namespace

Decision decide(const Request& request, const Policies& policies) {
  if (request.action == nullptr) return {};  // Reason::invalid_request
  return Decider(request, policies).run();
}

std::string_view outcome_name(const Decision& decision) {
  if (decision.allowed()) return "Allowed";
  return decision.explicitly_denied() ? "ExplicitlyDenied" : "ImplicitlyDenied";
}

}  // namespace rolecall::policy
