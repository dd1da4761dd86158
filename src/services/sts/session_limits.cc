#include "services/sts/session_limits.h"

#include "base/encoding.h"
#include "identity/session_codec.h"
#include "identity/sessions.h"
#include "policy/kind.h"
#include "policy/validate.h"

namespace rolecall::sts {
namespace {

ApiError invalid_parameter(std::string message) {
  return ApiError::make(400, "InvalidParameterValue", std::move(message));
}

}  // namespace

Result<identity::Tags> checked_tags(const std::optional<std::vector<Tag>>& tags) {
  identity::Tags out;
  if (!tags) return out;
  for (const Tag& tag : *tags) {
    if (starts_with_ignoring_case(tag.key, "aws:")) {
      return invalid_parameter("Tag keys beginning with aws: are reserved for system use");
    }
    for (const auto& other : out) {
      if (equal_ignoring_case(other.key, tag.key)) {
        return invalid_parameter(
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
      }
    }
    out.push_back({tag.key, tag.value});
  }
  return out;
}

Status take_policies(const std::optional<std::string>& policy,
                     const std::optional<std::vector<PolicyDescriptorType>>& arns,
                     identity::Session& session) {
  if (policy) {
    if (auto wrong = policy::validate(policy::Kind::session, *policy)) return std::move(*wrong);
    session.policies.push_back(*policy);
  }
  if (!arns) return {};
  if (arns->size() > kPolicyArnsMax) {
    return ApiError::validation(
        "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member "
        "must have length less than or equal to 10");
  }
  for (const auto& descriptor : *arns) {
    const std::string text = descriptor.arn.value_or("");
    const auto arn = ArnView::parse(text);
    if (!arn || arn->service != "iam" || !arn->resource.starts_with("policy/")) {
      return ApiError::validation("ARN " + text + " is not valid.");
    }
    session.policy_arns.push_back(text);
  }
  return {};
}

Status check_policies_exist(const identity::Session& session, AccountId account,
                            const identity::State& state) {
  for (const auto& text : session.policy_arns) {
    const auto arn = ArnView::parse(text);
    const bool reachable =
        arn && (arn->account == "aws" || AccountId::parse(arn->account) == account);
    if (!reachable || identity::find_policy_document(state, text) == nullptr) {
      return invalid_parameter("Policy " + text + " does not exist or is not attachable.");
    }
  }
  return {};
}

Result<std::int32_t> packed_policy_percent(const identity::Session& session) {
  const std::size_t bytes = identity::packed_bytes(session);
  const std::size_t percent =
      (bytes * 100 + identity::kPackedBytesMax - 1) / identity::kPackedBytesMax;
  if (percent <= 100) return static_cast<std::int32_t>(percent);
  const bool has_policy = !session.policies.empty() || !session.policy_arns.empty();
  return ApiError::make(400, "PackedPolicyTooLarge",
                        has_policy ? "Packed policy consumes " + std::to_string(percent) +
                                         "% of allotted space, please use smaller policy."
                                   : "Packed size of session tags consumes " +
                                         std::to_string(percent) + "% of allotted space.");
}

void add_tag_keys(const identity::Tags& tags, QuestionKeys& keys) {
  if (tags.empty()) return;
  std::vector<std::string> names;
  for (const auto& tag : tags) {
    keys.push_back({"aws:RequestTag/" + tag.key, {tag.value}});
    names.push_back(tag.key);
  }
  keys.emplace_back("aws:TagKeys", std::move(names));
}

Credentials issue_credentials(identity::Session session, const services::Call& call) {
  auto issued = call.sessions->issue(std::move(session), call.random);
  Credentials out;
  out.access_key_id = std::move(issued.access_key_id);
  out.secret_access_key = std::string(issued.secret_access_key.reveal());
  out.session_token = std::move(issued.session_token);
  out.expiration = issued.expires;
  return out;
}

}  // namespace rolecall::sts
