// GetSessionToken and GetFederationToken: sessions of users, and of root.
#include "identity/session_rules.h"
#include "services/sts/mfa.h"
#include "services/sts/operations.h"
#include "services/sts/session_limits.h"

namespace rolecall::sts {
namespace {

using identity::CallerKind;

constexpr std::int32_t kTokenSecondsDefault = 43'200;  // Rules 604, 606
constexpr std::int32_t kRootSecondsMax = 3'600;        // longer wishes become this

// Only long-term credentials of a user or of root get here (Rules 242, 246).
Status check_caller(const Call& call, std::string_view operation) {
  if (call.sessions == nullptr) return fault("sts: no session sealer");
  if (auto refused = identity::session_restriction(call.caller, "sts", operation)) {
    return std::move(*refused);
  }
  if (call.caller.is_temporary() ||
      (call.caller.kind != CallerKind::user && call.caller.kind != CallerKind::root)) {
    return ApiError::access_denied("Cannot call " + std::string(operation) +
                                   " with session credentials");
  }
  return {};
}

identity::Session user_session(identity::SessionKind kind, std::optional<std::int32_t> wish,
                               const Call& call) {
  identity::Session session;
  session.kind = kind;
  session.account = call.caller.account;
  std::int32_t seconds = wish.value_or(kTokenSecondsDefault);
  if (call.caller.kind == CallerKind::root) {
    seconds = std::min(seconds, kRootSecondsMax);
  } else {
    session.principal_id = call.caller.user->id;
  }
  session.issued = call.now;
  session.expires = call.now.plus_seconds(seconds);
  return session;
}

GetSessionTokenOutput session_token(const GetSessionTokenInput& in, bool mfa_now,
                                    const Call& call) {
  auto session = user_session(identity::SessionKind::session_token, in.duration_seconds, call);
  if (mfa_now) session.mfa_at = call.now;
  GetSessionTokenOutput out;
  out.credentials = issue_credentials(std::move(session), call);
  return out;
}

}  // namespace

Result<GetSessionTokenOutput> get_session_token(const GetSessionTokenInput& in, const Call& call) {
  RC_CHECK(check_caller(call, "GetSessionToken"));
  if (in.token_code) return fault("sts: GetSessionToken with a code must run on the writer");
  RC_CHECK(check_mfa(in.serial_number, in.token_code, call));
  return session_token(in, false, call);
}

Result<Change<GetSessionTokenOutput>> get_session_token_with_code(const GetSessionTokenInput& in,
                                                                  const Call& call) {
  RC_CHECK(check_caller(call, "GetSessionToken"));
  RC_TRY(auto device, check_mfa(in.serial_number, in.token_code, call));
  Change<GetSessionTokenOutput> change{{}, session_token(in, device.has_value(), call)};
  if (device) {
    change.events.push_back(identity::Put<identity::MfaDevice>{
        call.caller.account, std::make_shared<const identity::MfaDevice>(std::move(*device))});
  }
  return change;
}

Result<GetFederationTokenOutput> get_federation_token(const GetFederationTokenInput& in,
                                                      const Call& call) {
  RC_CHECK(check_caller(call, "GetFederationToken"));
  auto session = user_session(identity::SessionKind::federated_user, in.duration_seconds, call);
  session.name = in.name;
  RC_TRY(session.tags, checked_tags(in.tags));
  RC_CHECK(take_policies(in.policy, in.policy_arns, session));
  RC_TRY(const std::int32_t packed_percent, packed_policy_percent(session));

  FederatedUser user;
  user.federated_user_id = session.account.text() + ":" + in.name;
  user.arn = make_arn(call.partition, "sts", "", session.account, "federated-user/" + in.name);
  QuestionKeys keys;
  add_tag_keys(session.tags, keys);
  std::vector<std::string_view> actions = {"sts:GetFederationToken"};  // Rule 246
  if (!session.tags.empty()) actions.push_back("sts:TagSession");      // Rule 614
  for (const std::string_view action : actions) {
    services::Question question{};
    question.action = action;
    question.resource = user.arn;
    question.resource_account = session.account;
    question.keys = keys;
    if (auto refused = call.ask.may(question)) return std::move(*refused);
  }
  RC_CHECK(check_policies_exist(session, session.account, call.state));

  GetFederationTokenOutput out;
  out.federated_user = std::move(user);
  out.packed_policy_size = packed_percent;  // aws-answers: 0 when there is nothing to pack
  out.credentials = issue_credentials(std::move(session), call);
  return out;
}

}  // namespace rolecall::sts
