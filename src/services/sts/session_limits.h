// What AssumeRole and GetFederationToken share: tags and policies that limit or describe a session.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "identity/caller.h"
#include "models/sts.h"
#include "services/core/call.h"

namespace rolecall::sts {

inline constexpr std::size_t kPolicyArnsMax = 10;  // API AssumeRole, PolicyArns

// The tags as identity keeps them. Errors: InvalidParameterValue for keys equal but for case and
// for reserved keys (ST "Passing session tags in AWS STS").
Result<identity::Tags> checked_tags(const std::optional<std::vector<Tag>>& tags);

// Malformed documents, too many ARNs, ARNs that are none; needs no state, so it may come before
// authorization. Fills session.policies and session.policy_arns.
Status take_policies(const std::optional<std::string>& policy,
                     const std::optional<std::vector<PolicyDescriptorType>>& arns,
                     identity::Session& session);
// After authorization, since it tells what exists: each ARN must name a policy of `account` or of
// AWS.
Status check_policies_exist(const identity::Session& session, AccountId account,
                            const identity::State& state);

// PackedPolicySize in percent; PackedPolicyTooLarge above 100 (Rule 621). 0 with nothing to pack.
Result<std::int32_t> packed_policy_percent(const identity::Session& session);

// The condition keys that passed tags give to a question (Rule 260).
using QuestionKeys = std::vector<std::pair<std::string, std::vector<std::string>>>;
void add_tag_keys(const identity::Tags& tags, QuestionKeys& keys);

// Seals the session.
Credentials issue_credentials(identity::Session session, const services::Call& call);

}  // namespace rolecall::sts
