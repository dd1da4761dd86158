// Temporary credentials: issued, opened and checked without a table of them. The session token is
// the session itself, sealed; the secret access key is derived. So AssumeRole is a read, every node
// that has the master key can check a session, and a restart loses none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/secret.h"
#include "identity/caller.h"

namespace rolecall::identity {

// A key seals for one day. Its 96-bit nonces are random, which is safe for 2^32 texts a key (SP
// 800-38D 8.3): 49,000 sessions a second, more than one machine issues.
inline constexpr std::int64_t kSessionKeySeconds = 86'400;
// Longer texts are no tokens of ours (kPackedBytesMax keeps those under 2 KB).
inline constexpr std::size_t kSessionTokenBytesMax = 4'096;
// Opened sessions remembered by each thread: a hot session is opened once. About 1 KB each.
inline constexpr std::size_t kOpenedSessionsPerThread = 256;

struct IssuedCredentials {
  std::string access_key_id;
  Secret secret_access_key;
  std::string session_token;
  Instant expires;
};

// Seals and opens. The keys are derived (HKDF) from the master key and the day of issue, so old
// tokens open as long as they live and nothing is stored. Thread-safe; one for each server.
//   auto issued = sealer.issue(std::move(session), random);
//   auto session = sealer.open(token);  // null: not ours, altered, of another master key
class SessionSealer {
 public:
  explicit SessionSealer(Secret master_key);

  // Chooses session.access_key_id (ASIA…, which carries the account like AKIA ids do). Everything
  // else is the caller's to set; times are cut to the second. Precondition:
  // packed_bytes(session) <= kPackedBytesMax.
  IssuedCredentials issue(Session session, Random& random) const;

  // Null unless the token was sealed with this master key and is unaltered. Says nothing about
  // expiry, about the principal still being there, or about the access key id that came with it.
  std::shared_ptr<const Session> open(std::string_view token) const;

  // The secret access key of an issued or opened session.
  Secret secret_of(const Session& session) const;

 private:
  Secret master_key_;
  std::uint64_t serial_;  // tells this sealer from others in the per-thread caches
};

}  // namespace rolecall::identity
