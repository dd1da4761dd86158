// Is this text a policy that AWS would store? In AWS's codes and words.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "policy/kind.h"

namespace rolecall::policy {

// Limits, in characters; the callers that sum over an entity (Rule 55) use counted_size().
inline constexpr std::size_t kDocumentCharactersMax = 131'072;     // Rule 57
inline constexpr std::size_t kManagedPolicyCharactersMax = 6'144;  // Rule 54
inline constexpr std::size_t kUserInlineCharactersMax = 2'048;     // Rule 55
inline constexpr std::size_t kGroupInlineCharactersMax = 5'120;    // Rule 55
inline constexpr std::size_t kRoleInlineCharactersMax = 10'240;    // Rule 55
inline constexpr std::size_t kTrustPolicyCharactersMax = 2'048;    // Rule 56
inline constexpr std::size_t kSessionPolicyCharactersMax = 2'048;  // Rule 58
inline constexpr std::size_t kScpCharactersMax = 10'240;           // Rule 59
inline constexpr std::size_t kRcpCharactersMax = 5'120;            // Rule 59
inline constexpr std::size_t kBucketPolicyBytesMax = 20'480;       // Rule 60
inline constexpr std::size_t kKeyPolicyBytesMax = 32'768;          // Rule 60

struct ValidateOptions {
  // bucket: the bucket the policy is for (Rule 38); "" skips the resource check.
  std::string_view bucket = {};
  // Whether an AWS principal named in a trust or resource policy exists (Rule 44): a user, role,
  // session or root ARN, an account ID or a unique ID. Not set: all exist.
  std::function<bool(std::string_view principal)> principal_exists = {};
  // Off for documents that are only simulated.
  bool check_size = true;
  std::size_t trust_size_max = kTrustPolicyCharactersMax;
};

// nullopt: valid. The code fits the kind's service (Rule 37): MalformedPolicyDocument, S3's
// MalformedPolicy, Organizations' MalformedPolicyDocumentException, … or ValidationError,
// LimitExceeded, PackedPolicyTooLarge.
std::optional<ApiError> validate(Kind kind, std::string_view text,
                                 const ValidateOptions& options = {});

// The size that IAM counts: without space, tab, CR and LF outside of strings (Rule 62), in
// characters. Works on any text, JSON or not.
std::size_t counted_size(std::string_view text);

}  // namespace rolecall::policy
