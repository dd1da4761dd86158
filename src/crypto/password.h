// Passwords at rest: Argon2id, in libargon2's encoded form ("$argon2id$v=19$m=…"). Slow on
// purpose (tens of milliseconds): call it from the pool for slow work, never from an I/O thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace rolecall::crypto {

// OWASP's first choice for Argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane.
// More memory would cost more than a sign-in is worth while several run at once.
inline constexpr std::uint32_t kArgon2MemoryKib = 19'456;
inline constexpr std::uint32_t kArgon2Passes = 2;
inline constexpr std::uint32_t kArgon2Lanes = 1;
inline constexpr std::size_t kArgon2SaltBytes = 16;  // RFC 9106 section 4
inline constexpr std::size_t kArgon2HashBytes = 32;
// Nobody types more, and hashing is linear in it. IAM's own limit is 128 characters.
inline constexpr std::size_t kPasswordBytesMax = 1'024;

// Faults when memory is short or the password exceeds kPasswordBytesMax.
Result<std::string> hash_password(const Secret& password, Random& random);
// False for a wrong password and for an `encoded` text that is malformed or not Argon2id.
bool verify_password(std::string_view encoded, const Secret& password);
// True when `encoded` was made with other parameters than today's.
bool password_needs_rehash(std::string_view encoded);

// What deriving a key costs, kept beside what the key opens.
struct Argon2Cost {
  std::uint32_t memory_kib, passes, lanes;
  bool operator==(const Argon2Cost&) const = default;
};
// 32 bytes from a passphrase (Argon2id, version 0x13). Faults on costs Argon2 does not know, on a
// salt below 8 bytes, when memory is short.
Result<Secret> derive_key(const Secret& passphrase, std::string_view salt, const Argon2Cost& cost);

}  // namespace rolecall::crypto
