#include "services/sts/assume_role.h"

#include <algorithm>

#include "base/encoding.h"
#include "services/sts/mfa.h"
#include "services/sts/operations.h"
#include "services/sts/session_limits.h"

namespace rolecall::sts {
namespace {

using identity::CallerKind;

ApiError invalid_parameter(std::string message) {
  return ApiError::make(400, "InvalidParameterValue", std::move(message));
}

// The session whose transitive tags and source identity the new one inherits; null for long-term
// credentials.
const identity::Session* calling_session(const Call& call) { return call.caller.session.get(); }

bool has_key(const identity::Tags& tags, std::string_view key) {
  return std::any_of(tags.begin(), tags.end(),
                     [&](const auto& tag) { return equal_ignoring_case(tag.key, key); });
}

// Passed tags, then those inherited; what may not be passed is refused (Rules 612, 613).
Status take_tags(const AssumeRoleInput& in, const identity::Session* calling,
                 identity::Session& session) {
  RC_TRY(identity::Tags passed, checked_tags(in.tags));
  for (const auto& key : in.transitive_tag_keys.value_or(std::vector<std::string>())) {
    if (!has_key(passed, key)) {
      return invalid_parameter(
          "The specified transitive tag key must be included in the requested tags.");
    }
  }
  if (calling != nullptr) {
    for (const auto& key : calling->transitive_keys) {
      if (has_key(passed, key)) {
        return invalid_parameter(
            "One of the specified transitive tag keys can't be set because it conflicts with a "
            "transitive tag key from the calling session.");
      }
      const auto inherited =
          std::find_if(calling->tags.begin(), calling->tags.end(),
                       [&](const auto& tag) { return equal_ignoring_case(tag.key, key); });
      if (inherited == calling->tags.end()) continue;
      session.tags.push_back(*inherited);
      session.transitive_keys.push_back(inherited->key);
    }
  }
  for (const auto& tag : passed) {
    session.tags.push_back(tag);
    const auto& wanted = in.transitive_tag_keys;
    if (wanted && std::any_of(wanted->begin(), wanted->end(),
                              [&](const auto& key) { return equal_ignoring_case(key, tag.key); })) {
      session.transitive_keys.push_back(tag.key);
    }
  }
  return {};
}

// Rule 615: once set it stays.
Status take_source_identity(const AssumeRoleInput& in, const identity::Session* calling,
                            identity::Session& session) {
  if (calling != nullptr) session.source_identity = calling->source_identity;
  if (!in.source_identity) return {};
  if (!session.source_identity.empty() && session.source_identity != *in.source_identity) {
    return ApiError::access_denied(
        "The source identity is already set for this assume role session");
  }
  session.source_identity = *in.source_identity;
  return {};
}

struct Target {
  std::shared_ptr<const identity::Role> role;  // null: there is none of that ARN
  AccountId account;                           // empty when the ARN names none
};

// aws-answers: the form is checked before existence.
Result<Target> find_role(const std::string& text, const Call& call) {
  const auto arn = ArnView::parse(text);
  if (!arn || arn->partition.empty() || arn->service.empty() || arn->resource.empty()) {
    return ApiError::validation(text + " is invalid");
  }
  Target out;
  const auto account_id = AccountId::parse(arn->account);
  if (!account_id) return out;
  out.account = *account_id;
  if (arn->service != "iam" || !arn->resource.starts_with("role/")) return out;
  const identity::Account* account = call.state.account(*account_id);
  // A closed account shuts everybody out (walkthrough D1).
  if (account == nullptr || account->info.closed) return out;
  auto role = account->roles.get(arn->resource_name());
  if (role != nullptr && role->arn == text) out.role = std::move(role);
  return out;
}

// Asks in order; the first refusal counts. An unknown role is refused in the same words as a known
// one, without a reason (Rules 267, 808).
Status authorize(const AssumeRoleInput& in, const std::vector<services::Question>& questions,
                 bool role_exists, const Call& call) {
  for (const auto& question : questions) {
    auto refused = call.ask.may(question);
    if (!role_exists) {
      const std::string text = "User: " + call.caller.arn +
                               " is not authorized to perform: " + std::string(question.action) +
                               " on resource: " + in.role_arn;
      if (!refused) return ApiError::access_denied(text);
      refused->message = text;
    }
    if (refused) return std::move(*refused);
  }
  return {};
}

Result<std::int32_t> duration_seconds(const AssumeRoleInput& in, const identity::Role& role,
                                      bool chained) {
  const std::int32_t seconds = in.duration_seconds.value_or(kAssumeRoleSecondsDefault);
  if (chained && seconds > kChainedSecondsMax) {
    return ApiError::validation(
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
        "chaining.");
  }
  if (seconds > role.max_session_seconds) {
    return ApiError::validation(
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  return seconds;
}

AssumeRoleOutput answer(identity::Session session, const identity::Role& role,
                        std::int32_t packed_percent, const Call& call) {
  AssumeRoleOutput out;
  AssumedRoleUser user;
  user.assumed_role_id = role.id + ":" + session.name;
  const auto arn = ArnView::parse(role.arn);
  user.arn = make_arn(arn->partition, "sts", "", session.account,
                      "assumed-role/" + role.name + "/" + session.name);
  out.assumed_role_user = std::move(user);
  if (packed_percent > 0) out.packed_policy_size = packed_percent;
  if (!session.source_identity.empty()) out.source_identity = session.source_identity;
  out.credentials = issue_credentials(std::move(session), call);
  return out;
}

// `used` is the device whose code came with the call, checked already.
Result<AssumeRoleOutput> run(const AssumeRoleInput& in, const Call& call, bool mfa_now) {
  if (call.sessions == nullptr) return fault("sts: no session sealer");
  const identity::Session* const calling = calling_session(call);
  identity::Session session;
  session.kind = identity::SessionKind::assumed_role;
  session.name = in.role_session_name;
  session.issued = call.now;
  session.chained = call.caller.kind == CallerKind::assumed_role;
  if (mfa_now) {
    session.mfa_at = call.now;
  } else if (calling != nullptr && call.caller.kind == CallerKind::user) {
    session.mfa_at = calling->mfa_at;  // GetSessionToken's MFA; not a role's (Rule 617)
  }
  RC_CHECK(take_tags(in, calling, session));
  RC_CHECK(take_source_identity(in, calling, session));
  RC_CHECK(take_policies(in.policy, in.policy_arns, session));
  RC_TRY(const std::int32_t packed_percent, packed_policy_percent(session));

  RC_TRY(const Target target, find_role(in.role_arn, call));
  RC_CHECK(authorize(
      in, assume_role_questions(in, session, mfa_now, target.role.get(), target.account, call),
      target.role != nullptr, call));

  const identity::Role& role = *target.role;
  // Any temporary credentials make a chain of it, a user's from GetSessionToken too (AWS re:Post
  // knowledge center, "IAM role chaining limit").
  RC_TRY(const std::int32_t seconds, duration_seconds(in, role, calling != nullptr));
  RC_CHECK(check_policies_exist(session, target.account, call.state));
  session.account = target.account;
  session.principal_id = role.id;
  session.expires = call.now.plus_seconds(seconds);
  return answer(std::move(session), role, packed_percent, call);
}

// Refused before anything is looked at. Rule 226: root has no policies that could allow it.
Status check_caller(const AssumeRoleInput& in, const Call& call) {
  if (auto form = find_role(in.role_arn, call); !form) return std::move(form).error();
  if (call.caller.kind == CallerKind::root) {
    return ApiError::access_denied("Roles may not be assumed by root accounts.");
  }
  return {};
}

}  // namespace

std::vector<services::Question> assume_role_questions(const AssumeRoleInput& in,
                                                      const identity::Session& session,
                                                      bool mfa_now, const identity::Role* role,
                                                      AccountId role_account, const Call& call) {
  const identity::Session* const calling = calling_session(call);
  // One request context for all of them (Rules 258 to 264, 721).
  QuestionKeys keys;
  keys.push_back({"sts:RoleSessionName", {in.role_session_name}});
  if (in.external_id) keys.push_back({"sts:ExternalId", {*in.external_id}});
  if (in.duration_seconds) {
    keys.push_back({"sts:DurationSeconds", {std::to_string(*in.duration_seconds)}});
  }
  if (!session.source_identity.empty()) {
    keys.push_back({"sts:SourceIdentity", {session.source_identity}});
  }
  if (!session.transitive_keys.empty()) {
    keys.emplace_back("sts:TransitiveTagKeys", session.transitive_keys);
  }
  identity::Tags passed;
  for (const auto& tag : in.tags.value_or(std::vector<Tag>())) {
    passed.push_back({tag.key, tag.value});
  }
  add_tag_keys(passed, keys);
  if (mfa_now) {  // Rule 259: replaces what the credentials say
    keys.push_back({"aws:MultiFactorAuthPresent", {"true"}});
    keys.push_back({"aws:MultiFactorAuthAge", {"0"}});
  }

  std::vector<std::string_view> actions = {"sts:AssumeRole"};
  const bool inherits_tags = calling != nullptr && !calling->transitive_keys.empty();
  if (!passed.empty() || inherits_tags) actions.push_back("sts:TagSession");
  if (!session.source_identity.empty()) actions.push_back("sts:SetSourceIdentity");

  std::vector<services::Question> out;
  for (const std::string_view action : actions) {
    services::Question question{};
    question.action = action;
    question.resource = in.role_arn;
    question.resource_account = role_account;
    if (role != nullptr) {
      question.resource_policy = role->trust.get();
      question.resource_tags = &role->tags;
    }
    question.keys = keys;
    out.push_back(std::move(question));
  }
  return out;
}

Result<AssumeRoleOutput> assume_role(const AssumeRoleInput& in, const Call& call) {
  RC_CHECK(check_caller(in, call));
  if (in.token_code) return fault("sts: AssumeRole with a code must run on the writer");
  RC_CHECK(check_mfa(in.serial_number, in.token_code, call));
  return run(in, call, false);
}

Result<Change<AssumeRoleOutput>> assume_role_with_code(const AssumeRoleInput& in,
                                                       const Call& call) {
  RC_CHECK(check_caller(in, call));
  RC_TRY(auto device, check_mfa(in.serial_number, in.token_code, call));
  RC_TRY(AssumeRoleOutput out, run(in, call, device.has_value()));
  Change<AssumeRoleOutput> change{{}, std::move(out)};
  if (device) {
    change.events.push_back(identity::Put<identity::MfaDevice>{
        call.caller.account, std::make_shared<const identity::MfaDevice>(std::move(*device))});
  }
  return change;
}

}  // namespace rolecall::sts
