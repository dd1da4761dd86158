// Sessions kept on disk between runs: one file each, 0600, replaced whole. A file that cannot be
// read is as good as none and is replaced by the next session.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/files.h"
#include "base/random.h"
#include "client/credentials.h"
#include "client/environment.h"

namespace rolecall::client {

inline constexpr std::size_t kCacheEntryBytesMax = 256 * 1024;  // a session token has a few KiB
// A session is renewed this long before its end, but never in the first three quarters of its life:
// the AWS CLI's fixed 900 seconds make a 900-second session useless from the start.
inline constexpr std::int64_t kRenewBeforeSeconds = 900;
// A session that cannot be renewed (no network) serves until this close to its end.
inline constexpr std::int64_t kLastResortSeconds = 60;

struct CachedSession {
  Credentials credentials;
  std::string arn;      // of the assumed role; "" where there is none
  std::string arn_id;   // AssumedRoleId
  Instant issued = {};  // 0: unknown (written by another program)
  // What it is, for `cache list`: kind, profile, identity, endpoint, region.
  std::vector<std::pair<std::string, std::string>> about = {};
};

// The AWS CLI's form of a cache file, with a member of ours beside. Fails on anything that lacks
// one of the four members it needs.
std::optional<CachedSession> parse_cached_session(std::string_view text);
std::string format_cached_session(const CachedSession& session);

// Whether it may be used without renewing it first.
bool is_fresh(const CachedSession& session, Instant now);
bool is_usable(const CachedSession& session, Instant now);

// The parameters that make a session what it is → the name of its file.
class CacheKey {
 public:
  CacheKey& add(std::string_view name, std::string_view value);
  std::string hex() const;  // SHA-256

 private:
  std::string text_;
};

class SessionCache {
 public:
  // Files are sealed when ROLECALL_KEYS_SESSIONS is true (session_seal.h), and plain ones then
  // count as broken. ROLECALL_CACHE_DIR, else $XDG_CACHE_HOME/rolecall, else ~/.cache/rolecall;
  // then /sessions. Nothing is read from or written to a folder that somebody else owns or can
  // write to, or a file there that is a link or another's: whoever planted it would choose as whom
  // this user works, and learn the credentials.
  explicit SessionCache(const Environment& environment);

  const std::string& folder() const { return folder_; }
  std::string path_of(const std::string& key) const { return folder_ + "/" + key + ".json"; }
  std::optional<CachedSession> read(const std::string& key) const;
  // `random` is needed to seal only; without it a session that must be sealed is not kept.
  Status write(const std::string& key, const CachedSession& session,
               Random* random = nullptr) const;
  void remove(const std::string& key) const;
  // Held while a session is being opened, so that others wait for it instead of opening theirs.
  Result<FileLock> lock(const std::string& key) const;
  std::vector<std::pair<std::string, CachedSession>> list() const;
  // How many were removed.
  Result<std::size_t> clear() const;
  // Why the folder is not used; nothing when it is, or is not there yet.
  Status check_folder() const;

 private:
  Status make_folder() const;
  std::string folder_;
  bool sealed_;
};

// The AWS CLI's cache, ~/.aws/cli/cache: the same file format under a SHA-1 of the parameters.
struct AwsCacheParameters {
  std::string role_arn;
  std::optional<std::string> role_session_name, external_id, serial_number;
  std::optional<std::int64_t> duration_seconds;
};
std::string aws_cache_key(const AwsCacheParameters& parameters);
std::string aws_cache_folder(const Environment& environment);

}  // namespace rolecall::client
