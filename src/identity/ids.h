// Identifiers in the form AWS gives them ("IAM identifiers", unique ID prefixes).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/random.h"
#include "base/secret.h"

namespace rolecall::identity {

inline constexpr std::string_view kUserIdPrefix = "AIDA";
inline constexpr std::string_view kRoleIdPrefix = "AROA";
inline constexpr std::string_view kGroupIdPrefix = "AGPA";
inline constexpr std::string_view kManagedPolicyIdPrefix = "ANPA";
inline constexpr std::string_view kInstanceProfileIdPrefix = "AIPA";
inline constexpr std::string_view kAccessKeyPrefix = "AKIA";         // long-term
inline constexpr std::string_view kSessionAccessKeyPrefix = "ASIA";  // temporary

// Prefix and 17 characters of base32: 85 random bits, so no look-up for duplicates is needed.
//   role.id = make_unique_id(kRoleIdPrefix, random);
std::string make_unique_id(std::string_view prefix, Random& random);

// Prefix and 16 characters that carry the account as AWS's do; 39 random bits remain, so look
// whether State::access_key() knows it before giving it away.
std::string make_access_key_id(std::string_view prefix, AccountId account, Random& random);
// The account in such an id, or nullopt: not an access key id, or one of the older form that does
// not say. A hint from an unauthenticated text; it proves nothing.
std::optional<AccountId> account_of_access_key(std::string_view access_key_id);

// 40 characters, 240 random bits.
Secret make_secret_key(Random& random);
// S3's name for an account: 64 hex digits.
std::string make_canonical_id(Random& random);

// The form only: 20 upper-case letters and digits that begin with AKIA or ASIA.
bool is_access_key_id(std::string_view text);

}  // namespace rolecall::identity
