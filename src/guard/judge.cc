#include "guard/judge.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/json.h"
#include "standing/applies.h"

namespace rolecall::guard {
namespace {

using identity::CallerKind;
using policy::Key;

policy::PrincipalKind principal_kind(const identity::Caller& caller) {
  switch (caller.kind) {
    case CallerKind::anonymous:
      return policy::PrincipalKind::anonymous;
    case CallerKind::root:
      return policy::PrincipalKind::root;
    case CallerKind::user:
      return policy::PrincipalKind::user;
    case CallerKind::assumed_role:
      return policy::PrincipalKind::role_session;
    case CallerKind::federated_user:
      return policy::PrincipalKind::federated_user;
    case CallerKind::service:
      return policy::PrincipalKind::service;
  }
  return policy::PrincipalKind::anonymous;
}

// Rule 517.
std::string_view principal_type(const identity::Caller& caller) {
  switch (caller.kind) {
    case CallerKind::root:
      return "Account";
    case CallerKind::user:
      return "User";
    case CallerKind::assumed_role:
      return "AssumedRole";
    case CallerKind::federated_user:
      return "FederatedUser";
    case CallerKind::service:
      return "Service";
    case CallerKind::anonymous:
      break;
  }
  return "Anonymous";
}

const identity::Tags* own_tags(const identity::Caller& caller) {
  if (caller.role != nullptr) return &caller.role->tags;
  if (caller.user != nullptr) return &caller.user->tags;
  return nullptr;
}

bool has_tag(const identity::Tags& tags, std::string_view key) {
  for (const auto& tag : tags) {
    if (equal_ignoring_case(tag.key, key)) return true;
  }
  return false;
}

bool has_key(const services::Question& question, std::string_view key) {
  for (const auto& [name, values] : question.keys) {
    if (equal_ignoring_case(name, key)) return true;
  }
  return false;
}

// What sts:DecodeAuthorizationMessage shows of a refusal.
std::string encoded_message(const policy::Request& request, const policy::Trace& trace,
                            const policy::Decision& decision, const identity::Caller& caller,
                            const JudgeTools& tools) {
  audit::AuthorizationMessage message;
  message.explicit_deny = decision.explicitly_denied();
  for (const auto& layer : trace.layers) {
    for (const auto& item : layer.policies) {
      for (const auto& statement : item.statements) {
        if (!statement.applies()) continue;
        audit::MatchedStatement& matched = message.matched.emplace_back();
        matched.id = statement.sid;
        matched.effect = statement.effect == policy::Effect::deny ? "DENY" : "ALLOW";
        matched.policy = item.name;
        for (const auto& condition : statement.conditions) {
          matched.conditions.emplace_back(condition.key, condition.policy_values);
        }
      }
    }
  }
  message.failures = trace.missing_keys;
  message.principal_id = caller.user_id;
  message.principal_name = caller.role ? caller.role->name : caller.user ? caller.user->name : "";
  message.principal_arn = caller.arn;
  message.action = request.action->text();
  message.resource = request.resource;
  request.context->for_each([&](std::string_view name, const policy::Context::Values& values) {
    auto& entry = message.conditions.emplace_back(name, std::vector<std::string>());
    for (const std::string_view value : values) entry.second.emplace_back(value);
  });
  return tools.messages.encode(std::move(message), caller.account, tools.random);
}

}  // namespace

struct Judge::Gathered {
  standing::Standing standing;
  std::vector<policy::PolicySpan> scp_spans;
  std::string canonical_id;
  std::string account_text;
  std::string organization_path;
  std::string now_iso, now_epoch;
};

Judge::Judge(const identity::Caller& caller, const identity::State& state,
             const RequestFacts& facts, wire::Dialect dialect, std::string_view service,
             const JudgeTools& tools)
    : caller_(caller),
      state_(state),
      facts_(facts),
      dialect_(dialect),
      service_(service),
      tools_(tools) {}

Judge::~Judge() = default;

const Judge::Gathered& Judge::gathered() const {
  if (gathered_ != nullptr) return *gathered_;
  gathered_ = std::make_unique<Gathered>();
  Gathered& g = *gathered_;
  g.standing = standing::applies(caller_, state_);
  for (const auto& level : g.standing.scps) g.scp_spans.emplace_back(level.refs);
  if (const auto* account = state_.account(caller_.account)) {
    g.canonical_id = account->info.canonical_id;
  }
  g.account_text = caller_.account.text();
  if (const auto* organization = g.standing.organization) {
    g.organization_path = standing::organization_path(caller_.account, *organization);
  }
  g.now_iso = format_iso8601(facts_.now);
  g.now_epoch = std::to_string(facts_.now.seconds());
  return g;
}

void Judge::fill_context(policy::Context& context, const services::Question& question,
                         std::string_view action_service, AccountId resource_account) const {
  const Gathered& g = gathered();
  // Always present (Rule 701).
  context.set(Key::aws_current_time, g.now_iso);
  context.set(Key::aws_epoch_time, g.now_epoch);
  context.set(Key::aws_requested_region, facts_.region);
  context.set(Key::aws_secure_transport, facts_.tls ? "true" : "false");
  if (!facts_.user_agent.empty()) context.set(Key::aws_user_agent, facts_.user_agent);
  context.set(Key::aws_via_aws_service, "false");
  context.set(Key::aws_userid, caller_.user_id);
  context.set(Key::aws_principal_type, principal_type(caller_));
  context.set(Key::aws_source_ip, facts_.source_ip);
  if (facts_.has_referer) context.set(Key::aws_referer, facts_.referer);
  if (caller_.kind == CallerKind::anonymous) {
    context.set(Key::aws_principal_account, "anonymous");
  } else {
    context.set(Key::aws_principal_account, g.account_text);
    // Rule 703: the role's own ARN for its sessions.
    context.set(Key::aws_principal_arn,
                caller_.role != nullptr ? std::string_view(caller_.role->arn) : caller_.arn);
    context.set(Key::aws_principal_is_aws_service,
                caller_.kind == CallerKind::service ? "true" : "false");
  }
  if (g.standing.organization != nullptr) {
    context.set(Key::aws_principal_org_id, g.standing.organization->info.id);
    context.set(Key::aws_principal_org_paths, g.organization_path);
  }
  if (caller_.kind == CallerKind::user) context.set(Key::aws_username, caller_.user->name);

  // Tags of the principal; session tags win (Rule 611).
  const identity::Tags* session_tags =
      caller_.session != nullptr ? &caller_.session->tags : nullptr;
  if (const identity::Tags* own = own_tags(caller_)) {
    for (const auto& tag : *own) {
      if (session_tags != nullptr && has_tag(*session_tags, tag.key)) continue;
      context.own("aws:PrincipalTag/" + tag.key, tag.value);
    }
  }
  if (session_tags != nullptr) {
    for (const auto& tag : *session_tags) context.own("aws:PrincipalTag/" + tag.key, tag.value);
  }

  // What the credentials carry (Rules 616 to 618). A question may know better: AssumeRole with a
  // token code.
  if (caller_.session != nullptr) {
    const identity::Session& session = *caller_.session;
    context.own(Key::aws_token_issue_time, format_iso8601(session.issued));
    if (!has_key(question, "aws:MultiFactorAuthPresent")) {
      context.set(Key::aws_multi_factor_auth_present, session.mfa_at ? "true" : "false");
      if (session.mfa_at) {
        context.own(Key::aws_multi_factor_auth_age,
                    std::to_string(facts_.now.seconds() - session.mfa_at->seconds()));
      }
    }
    if (!session.source_identity.empty()) {
      context.set(Key::aws_source_identity, session.source_identity);
    }
    if (!session.federated_provider.empty()) {
      context.set(Key::aws_federated_provider, session.federated_provider);
    }
  }

  // The resource (Rules 707, 708).
  if (!resource_account.empty()) {
    context.own(Key::aws_resource_account, resource_account.text());
    const bool is_own = resource_account == caller_.account;
    const auto* organization =
        is_own ? g.standing.organization : state_.organization_of(resource_account);
    if (organization != nullptr) {
      context.set(Key::aws_resource_org_id, organization->info.id);
      if (is_own) {
        context.set(Key::aws_resource_org_paths, g.organization_path);
      } else {
        context.own(Key::aws_resource_org_paths,
                    standing::organization_path(resource_account, *organization));
      }
    }
  }
  if (question.resource_tags != nullptr) {
    for (const auto& tag : *question.resource_tags) {
      context.own("aws:ResourceTag/" + tag.key, tag.value);
      if (action_service == "iam" || action_service == "ec2" || action_service == "sts") {
        const std::string_view prefix = action_service == "ec2" ? "ec2" : "iam";
        context.own(std::string(prefix) + ":ResourceTag/" + tag.key, tag.value);
      }
    }
  }
  if (action_service == "s3") {  // "Condition keys for Amazon S3"
    if (!facts_.auth_type.empty()) {
      context.set(Key::s3_auth_type, facts_.auth_type);
      context.set(Key::s3_signature_version, "AWS4-HMAC-SHA256");
    }
    if (!facts_.content_sha256.empty()) {
      context.set(Key::s3_x_amz_content_sha256, facts_.content_sha256);
    }
    if (!resource_account.empty()) context.own(Key::s3_resource_account, resource_account.text());
  } else if (action_service == "ec2") {
    context.set(Key::ec2_region, facts_.region);
  }
  for (const auto& [name, values] : question.keys) {
    if (values.empty()) context.declare(name);
    for (const auto& value : values) context.set(name, value);
  }
}

// A request with the policies that apply to it, and what both point into.
struct Judge::Weighed {
  policy::Context context;
  policy::Request request;
  policy::Policies policies;
  std::vector<standing::PolicyList> rcp_lists;
  std::vector<policy::PolicySpan> rcp_spans;
};

void Judge::weigh(const services::Question& question, const policy::Action& action,
                  Weighed& out) const {
  const Gathered& g = gathered();
  const AccountId owner =
      question.resource_account.empty() ? caller_.account : question.resource_account;
  fill_context(out.context, question, action.service(), owner);

  policy::Request& request = out.request;
  request.principal.kind = principal_kind(caller_);
  request.principal.arn = caller_.arn;
  request.principal.account = caller_.account;
  request.principal.user_id = caller_.user_id;
  if (caller_.role != nullptr) request.principal.role_arn = caller_.role->arn;
  if (caller_.kind == CallerKind::federated_user && caller_.user != nullptr) {
    request.principal.federating_user_arn = caller_.user->arn;
  }
  request.principal.canonical_user_id = g.canonical_id;
  request.principal.session_token = caller_.kind == CallerKind::user && caller_.session != nullptr;
  request.action = &action;
  request.resource = question.resource;
  request.resource_account = owner;
  request.context = &out.context;

  out.rcp_lists = standing::control_levels(owner, state_, standing::Control::rcp);
  for (const auto& level : out.rcp_lists) out.rcp_spans.emplace_back(level.refs);

  policy::Policies& policies = out.policies;
  policies.identity = g.standing.identity.refs;
  if (!g.standing.boundary.empty()) policies.boundary = g.standing.boundary.refs.front();
  policies.session = g.standing.session.refs;
  policies.scps = g.scp_spans;
  policies.rcps = out.rcp_spans;
  if (question.resource_policy != nullptr) {
    policies.resource = {&question.resource_policy->compiled(), "resource policy"};
  }
  if (const auto* organization = g.standing.organization) {
    policies.management_account = organization->info.management_account;
  }
}

std::optional<ApiError> Judge::may(const services::Question& question) const {
  const auto action = policy::Action::parse(question.action);
  // Fail closed: what cannot be asked is refused.
  if (!action) return ApiError::access_denied("Access Denied");
  Weighed weighed;
  weigh(question, *action, weighed);
  const policy::Decision decision = policy::decide(weighed.request, weighed.policies);
  if (decision.allowed()) return std::nullopt;
  return refuse(weighed.request, weighed.policies, decision, question);
}

Result<Judge::Reasoned> Judge::reason(const services::Question& question, const Keys& context,
                                      std::span<const std::string_view> unknown) const {
  const auto action = policy::Action::parse(question.action);
  if (!action) {
    return ApiError::validation("`" + std::string(question.action) + "` is no action");
  }
  Weighed weighed;
  weigh(question, *action, weighed);
  policy::Context given;  // points into `weighed.context` and `context`
  weighed.context.for_each([&](std::string_view name, const policy::Context::Values& values) {
    const auto same = [name](std::string_view other) { return equal_ignoring_case(name, other); };
    if (std::ranges::any_of(unknown, same)) return;
    if (std::ranges::any_of(context, [&](const auto& key) { return same(key.first); })) return;
    if (values.empty()) given.declare(name);
    for (const std::string_view value : values) given.set(name, value);
  });
  for (const auto& [name, values] : context) {
    if (values.empty()) given.declare(name);
    for (const auto& value : values) given.set(name, value);
  }
  weighed.request.context = &given;
  const policy::Trace trace = policy::explain(weighed.request, weighed.policies);
  return Reasoned{trace.decision.allowed(),
                  record_of("simulation", weighed.request, trace, question)};
}

std::string Judge::record_of(std::string_view id, const policy::Request& request,
                             const policy::Trace& trace, const services::Question& question) const {
  std::string record;
  json::Writer w(record);
  w.begin_object();
  w.member("id", id);
  w.member("time", format_iso8601_millis(facts_.now));
  w.member("requestId", facts_.request_id);
  w.member("principal", request.principal.arn);
  w.member("action", question.action);
  w.member("resource", question.resource);
  w.member("resourceAccount", request.resource_account.text());
  w.key("context").begin_object();
  request.context->for_each([&](std::string_view name, const policy::Context::Values& values) {
    w.key(name).begin_array();
    for (const std::string_view value : values) w.string(value);
    w.end_array();
  });
  w.end_object();
  w.key("trace").raw(policy::to_json(trace));
  w.end_object();
  return record;
}

ApiError Judge::refuse(const policy::Request& request, const policy::Policies& policies,
                       const policy::Decision& decision, const services::Question& question) const {
  const policy::Trace trace = policy::explain(request, policies);
  Refusal refusal;
  refusal.decision_id = "d-" + ascii_lower(tools_.random.text(20, kBase32Alphabet));
  refusal.action = question.action;
  refusal.resource = question.resource;

  tools_.decisions.keep(refusal.decision_id,
                        record_of(refusal.decision_id, request, trace, question));
  refusal_ = refusal;

  ApiError error;
  policy::DenialOptions options;
  const bool same_account = request.resource_account == caller_.account;
  switch (dialect_) {
    case wire::Dialect::s3:
      // Rule 810: strangers learn nothing.
      if (caller_.kind == CallerKind::anonymous ||
          !(same_account ||
            standing::same_organization(caller_.account, request.resource_account, state_))) {
        error = ApiError::access_denied("Access Denied");
      } else {
        options.quote_resource = true;
        error = ApiError::access_denied(policy::denial_text(request, policies, decision, options));
      }
      break;
    case wire::Dialect::ec2: {  // Rule 811
      std::string text = policy::denial_text(request, policies, decision, options);
      // Rule 807: EC2 leaves the part out where the call names no resource.
      constexpr std::string_view kNoResource = " on resource: *";
      if (request.resource == "*") {
        if (const auto at = text.find(kNoResource); at != text.npos) {
          text.erase(at, kNoResource.size());
        }
      }
      error = ApiError::make(403, "UnauthorizedOperation",
                             "You are not authorized to perform this operation. " + text +
                                 ". Encoded authorization failure message: " +
                                 encoded_message(request, trace, decision, caller_, tools_));
      break;
    }
    case wire::Dialect::json:
    case wire::Dialect::query_json:
    case wire::Dialect::rest_json:
      error =
          ApiError::make(dialect_ == wire::Dialect::rest_json ? 403 : 400, "AccessDeniedException",
                         policy::denial_text(request, policies, decision, options));
      break;
    case wire::Dialect::query:
      // Rule 808: AssumeRole gives its reason within one account only, and none for a role that is
      // not there.
      if (service_ == "sts" && question.action.starts_with("sts:") && decision.trust) {
        options.with_reason = same_account && question.resource_policy != nullptr;
      }
      {
        policy::Request worded = request;
        if (!question.shown.empty()) worded.resource = question.shown;
        error = ApiError::access_denied(policy::denial_text(worded, policies, decision, options));
      }
      break;
  }
  error.headers.emplace_back("x-rolecall-decision-id", refusal.decision_id);
  return error;
}

}  // namespace rolecall::guard
