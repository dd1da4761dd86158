// Denials in AWS's words (section 13 of the rules; AWS's page "Troubleshoot access denied error
// messages").
#include "base/encoding.h"
#include "policy/decision.h"

namespace rolecall::policy {
namespace {

struct LayerWords {
  std::string_view with_article, plain;
};

LayerWords words_of(Layer layer, bool trust) {
  switch (layer) {
    case Layer::scp:
      return {"a service control policy", "service control policy"};
    case Layer::rcp:
      return {"a resource control policy", "resource control policy"};
    case Layer::identity:
      return {"an identity-based policy", "identity-based policy"};
    case Layer::boundary:
      return {"a permissions boundary", "permissions boundary"};
    case Layer::session:
      return {"a session policy", "session policy"};
    case Layer::resource:
      if (trust) return {"the role trust policy", "role trust policy"};
      return {"a resource-based policy", "resource-based policy"};
    case Layer::endpoint:
      return {"a VPC endpoint policy", "VPC endpoint policy"};
    case Layer::none:
      break;
  }
  return {"", ""};
}

std::string action_text(const Request& request, const DenialOptions& options) {
  const std::string_view text = request.action == nullptr ? "" : request.action->text();
  return options.lower_case_action ? ascii_lower(text) : std::string(text);
}

// Rule 805: of these layers AWS may name the policy, within the account or organization.
bool may_be_named(Layer layer) {
  return layer == Layer::scp || layer == Layer::rcp || layer == Layer::identity ||
         layer == Layer::boundary || layer == Layer::session;
}

}  // namespace

std::string denial_reason(const Request& request, const Policies& policies,
                          const Decision& decision, const DenialOptions& options) {
  const LayerWords words = words_of(decision.layer, decision.trust);
  if (words.plain.empty()) return "";
  if (decision.reason == Reason::no_allow) {
    return "because no " + std::string(words.plain) + " allows the " +
           action_text(request, options) + " action";
  }
  if (!decision.explicitly_denied()) return "";
  std::string out = "with an explicit deny in " + std::string(words.with_article);
  const PolicyRef policy = deciding_policy(policies, decision);
  if (options.name_policy && may_be_named(decision.layer) && policy.name.starts_with("arn:")) {
    out += options.quote_resource ? ", with policy ARN: " : ": ";
    out += policy.name;
  }
  return out;
}

std::string denial_text(const Request& request, const Policies& policies, const Decision& decision,
                        const DenialOptions& options) {
  const PrincipalKind kind = request.principal.kind;
  if (kind == PrincipalKind::web_identity || kind == PrincipalKind::saml) {  // Rule 809
    return "Not authorized to perform " + action_text(request, options);
  }
  if (kind == PrincipalKind::root && request.action != nullptr &&
      request.action->folded() == "sts:assumerole" && decision.reason == Reason::credential_kind) {
    return "Roles may not be assumed by root accounts.";  // Rule 226
  }
  if (request.action != nullptr && decision.reason == Reason::credential_kind) {  // Rule 603
    const std::string_view name = request.action->folded();
    if (name == "sts:getsessiontoken")
      return "Cannot call GetSessionToken with session credentials";
    if (name == "sts:getfederationtoken") {
      return "Cannot call GetFederationToken with session credentials";
    }
  }
  std::string out = "User: " + std::string(request.principal.arn);
  out += " is not authorized to perform: " + action_text(request, options);
  out += " on resource: ";
  if (options.quote_resource) out += '"';
  out += request.resource;
  if (options.quote_resource) out += '"';
  const std::string reason =
      options.with_reason ? denial_reason(request, policies, decision, options) : "";
  if (!reason.empty()) out += " " + reason;
  return out;
}

PolicyRef deciding_policy(const Policies& policies, const Decision& decision) {
  const auto pick = [&](PolicySpan span) {
    return decision.policy < span.size() ? span[decision.policy] : PolicyRef{};
  };
  if (decision.policy == Decision::kNone) return {};
  switch (decision.layer) {
    case Layer::scp:
      return decision.level < policies.scps.size() ? pick(policies.scps[decision.level])
                                                   : PolicyRef{};
    case Layer::rcp:
      return decision.level < policies.rcps.size() ? pick(policies.rcps[decision.level])
                                                   : PolicyRef{};
    case Layer::identity:
      return pick(policies.identity);
    case Layer::boundary:
      return policies.boundary;
    case Layer::session:
      return pick(policies.session);
    case Layer::resource:
      return policies.resource;
    case Layer::endpoint:
      return policies.endpoint;
    case Layer::none:
      break;
  }
  return {};
}

std::string_view reason_name(Reason reason) {
  switch (reason) {
    case Reason::identity_allow:
      return "identity_allow";
    case Reason::resource_allow:
      return "resource_allow";
    case Reason::both_allow:
      return "both_allow";
    case Reason::root_user:
      return "root_user";
    case Reason::needs_no_permission:
      return "needs_no_permission";
    case Reason::explicit_deny:
      return "explicit_deny";
    case Reason::no_allow:
      return "no_allow";
    case Reason::credential_kind:
      return "credential_kind";
    case Reason::unreadable_policy:
      return "unreadable_policy";
    case Reason::invalid_request:
      return "invalid_request";
  }
  return "";
}

std::string_view layer_name(Layer layer) {
  switch (layer) {
    case Layer::none:
      return "none";
    case Layer::scp:
      return "scp";
    case Layer::rcp:
      return "rcp";
    case Layer::identity:
      return "identity";
    case Layer::boundary:
      return "boundary";
    case Layer::session:
      return "session";
    case Layer::resource:
      return "resource";
    case Layer::endpoint:
      return "endpoint";
  }
  return "";
}

}  // namespace rolecall::policy
