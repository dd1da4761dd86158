// IAM's quotas ("IAM and AWS STS quotas"; Rules 54 to 66). Document sizes are in
// policy/validate.h, name lengths and patterns in the model.
#pragma once

#include <cstddef>

namespace rolecall::iam {

inline constexpr std::size_t kAccessKeysPerUserMax = 2;
inline constexpr std::size_t kServiceCredentialsPerUserMax = 2;  // of one service
inline constexpr std::size_t kGroupsPerUserMax = 10;             // Rule 61
inline constexpr std::size_t kAttachedPoliciesMax = 10;  // Rule 61: of a user, group or role
inline constexpr std::size_t kVersionsPerPolicyMax = 5;  // Rule 61
inline constexpr std::size_t kRolesPerInstanceProfile = 1;
inline constexpr std::size_t kMfaDevicesPerUserMax = 8;
inline constexpr std::size_t kTagsMax = 50;                // Rule 64
inline constexpr std::size_t kUsersPerAccountMax = 5'000;  // cannot be raised in AWS either
inline constexpr std::size_t kGroupsPerAccountMax = 300;
inline constexpr std::size_t kPoliciesPerAccountMax = 1'500;
// Also bounds the walk that finds the profiles of a role (instance_profiles.cc).
inline constexpr std::size_t kInstanceProfilesPerAccountMax = 1'000;
// AWS: 1,000 and on request 5,000. A server of many teams holds more; nothing here grows with it.
inline constexpr std::size_t kRolesPerAccountMax = 1'000'000;
// Serial numbers are ARNs and must fit the model's serialNumberType.
inline constexpr std::size_t kSerialNumberCharactersMax = 256;

inline constexpr std::size_t kPageItemsDefault = 100;  // MaxItems when it is left out
inline constexpr std::size_t kPageItemsMax = 1'000;

}  // namespace rolecall::iam
