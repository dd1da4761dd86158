#include "client/sts.h"

#include "base/ids.h"
#include "client/call.h"
#include "client/failure.h"
#include "models/sts.h"

namespace rolecall::client {
namespace {

const wire::Operation& operation_named(std::string_view name) {
  const wire::Operation* found = wire::service_named("sts")->find(name);
  RC_ASSERT(found != nullptr);
  return *found;
}

std::string session_name(Session& session, const RoleRequest& request) {
  if (request.role_session_name) return *request.role_session_name;
  return "rolecall-session-" + std::to_string(session.clock().now().seconds());
}

Result<CachedSession> session_of(Session& session, std::optional<sts::Credentials>& keys,
                                 std::string_view operation) {
  if (!keys)
    return general_failure("the answer to " + std::string(operation) + " holds no credentials");
  CachedSession out;
  out.credentials = {keys->access_key_id, Secret(std::move(keys->secret_access_key)),
                     Secret(std::move(keys->session_token)), keys->expiration};
  out.issued = session.clock().now();
  return out;
}

// Of AssumeRole and its relatives.
template <class Output>
Result<CachedSession> role_session(Session& session, Output& answer, std::string_view operation) {
  RC_TRY(CachedSession out, session_of(session, answer.credentials, operation));
  if (answer.assumed_role_user) {
    out.arn = answer.assumed_role_user->arn;
    out.arn_id = answer.assumed_role_user->assumed_role_id;
    if (const auto arn = ArnView::parse(out.arn)) out.credentials.account_id = arn->account;
  }
  return out;
}

}  // namespace

Result<CachedSession> assume_role(Session& session, const RoleRequest& request,
                                  const Credentials& as, const Target& target) {
  sts::AssumeRoleInput in;
  in.role_arn = request.role_arn;
  in.role_session_name = session_name(session, request);
  in.external_id = request.external_id;
  in.duration_seconds = request.duration_seconds;
  if (request.mfa_code) {
    in.serial_number = request.mfa_serial;
    in.token_code = request.mfa_code;
  }
  in.source_identity = request.source_identity;
  in.policy = request.policy;
  if (!request.policy_arns.empty()) {
    in.policy_arns.emplace();
    for (const auto& arn : request.policy_arns) in.policy_arns->push_back({arn});
  }
  if (!request.tags.empty()) {
    in.tags.emplace();
    for (const auto& [key, value] : request.tags) in.tags->push_back({key, value});
  }
  if (!request.transitive_tag_keys.empty()) in.transitive_tag_keys = request.transitive_tag_keys;
  RC_TRY(Called called, call(session, operation_named("AssumeRole"), &in, &as, target));
  return role_session(session, called.output.as<sts::AssumeRoleOutput>(), "AssumeRole");
}

Result<CachedSession> assume_role_with_web_identity(Session& session, const RoleRequest& request,
                                                    const std::string& token,
                                                    const Target& target) {
  constexpr std::string_view kName = "AssumeRoleWithWebIdentity";
  sts::AssumeRoleWithWebIdentityInput in;
  in.role_arn = request.role_arn;
  in.role_session_name = session_name(session, request);
  in.web_identity_token = token;
  // Not signed: the token is the proof.
  RC_TRY(Called called, call(session, operation_named(kName), &in, nullptr, target));
  return role_session(session, called.output.as<sts::AssumeRoleWithWebIdentityOutput>(), kName);
}

Result<CachedSession> get_session_token(Session& session, const std::string& mfa_serial,
                                        const std::string& mfa_code,
                                        std::optional<std::int32_t> duration_seconds,
                                        const Credentials& as, const Target& target) {
  sts::GetSessionTokenInput in;
  in.serial_number = mfa_serial;
  in.token_code = mfa_code;
  in.duration_seconds = duration_seconds;
  RC_TRY(Called called, call(session, operation_named("GetSessionToken"), &in, &as, target));
  return session_of(session, called.output.as<sts::GetSessionTokenOutput>().credentials,
                    "GetSessionToken");
}

Result<CallerIdentity> get_caller_identity(Session& session, const Credentials& as,
                                           const Target& target) {
  const sts::GetCallerIdentityInput in;
  RC_TRY(Called called, call(session, operation_named("GetCallerIdentity"), &in, &as, target));
  auto& out = called.output.as<sts::GetCallerIdentityOutput>();
  return CallerIdentity{out.account.value_or(""), out.arn.value_or(""), out.user_id.value_or("")};
}

}  // namespace rolecall::client
