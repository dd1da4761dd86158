#include "client/cache.h"

#include <dirent.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/json.h"
#include "client/failure.h"
#include "client/session_seal.h"
#include "crypto/hash.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kOurs = "Rolecall";
constexpr std::size_t kTemporarySuffixBytes = 7;  // replace_file's ".XXXXXX"

std::string_view text_at(const json::Value* object, std::string_view name) {
  return object == nullptr ? std::string_view() : object->find_text(name).value_or("");
}

// As Python's json.dumps: what is not ASCII becomes \uXXXX.
void append_python_quoted(std::string& out, std::string_view text) {
  std::string quoted;
  json::append_quoted(quoted, text);
  for (std::size_t at = 0; at < quoted.size();) {
    if (static_cast<unsigned char>(quoted[at]) < 0x80) {
      out.push_back(quoted[at++]);
      continue;
    }
    const auto point = next_utf8(quoted, at);
    if (!point) return;  // append_quoted writes valid UTF-8 only
    const auto value = static_cast<std::uint32_t>(*point);
    if (value < 0x10000) {
      out += fmt::format("\\u{:04x}", value);
    } else {
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((value - 0x10000) >> 10),
                         0xDC00 + ((value - 0x10000) & 0x3FF));
    }
  }
}

}  // namespace

std::optional<CachedSession> parse_cached_session(std::string_view text) {
  const auto document = json::parse(text);
  if (!document) return std::nullopt;
  const json::Value* keys = document->find("Credentials");
  const std::string_view id = text_at(keys, "AccessKeyId");
  const std::string_view secret = text_at(keys, "SecretAccessKey");
  const std::string_view token = text_at(keys, "SessionToken");
  const auto expires = parse_expiration(text_at(keys, "Expiration"));
  if (id.empty() || secret.empty() || token.empty() || !expires) return std::nullopt;
  CachedSession out;
  out.credentials = {std::string(id), Secret(std::string(secret)), Secret(std::string(token)),
                     expires, std::string(text_at(keys, "AccountId"))};
  const json::Value* role = document->find("AssumedRoleUser");
  out.arn = text_at(role, "Arn");
  out.arn_id = text_at(role, "AssumedRoleId");
  if (out.credentials.account_id.empty()) {
    if (const auto arn = ArnView::parse(out.arn)) out.credentials.account_id = arn->account;
  }
  if (const json::Value* ours = document->find(kOurs); ours != nullptr) {
    if (const auto issued = parse_iso8601(text_at(ours, "Issued"))) out.issued = *issued;
    for (const json::Member& member : ours->members()) {
      if (member.name != "Issued") out.about.emplace_back(member.name, member.value.text());
    }
  }
  return out;
}

std::string format_cached_session(const CachedSession& session) {
  std::string out;
  json::Writer w(out);
  const Credentials& keys = session.credentials;
  w.begin_object().key("Credentials").begin_object();
  w.member("AccessKeyId", keys.access_key_id);
  w.member("SecretAccessKey", keys.secret_key.reveal());
  w.member("SessionToken", keys.token ? keys.token->reveal() : "");
  w.member("Expiration", python_isoformat(keys.expires.value_or(Instant{})));
  if (!keys.account_id.empty()) w.member("AccountId", keys.account_id);
  w.end_object();
  if (!session.arn.empty()) {
    w.key("AssumedRoleUser").begin_object();
    w.member("AssumedRoleId", session.arn_id).member("Arn", session.arn).end_object();
  }
  w.key(kOurs).begin_object().member("Issued", format_iso8601(session.issued));
  for (const auto& [name, value] : session.about) w.member(name, value);
  w.end_object().end_object();
  return out;
}

bool is_fresh(const CachedSession& session, Instant now) {
  const Instant end = session.credentials.expires.value_or(Instant{});
  std::int64_t before = kRenewBeforeSeconds;
  if (session.issued.micros > 0 && session.issued < end) {
    before = std::min(before, (end.micros - session.issued.micros) / 1'000'000 / 4);
  }
  return now.plus_seconds(before) <= end;
}

bool is_usable(const CachedSession& session, Instant now) {
  return now.plus_seconds(kLastResortSeconds) <= session.credentials.expires.value_or(Instant{});
}

CacheKey& CacheKey::add(std::string_view name, std::string_view value) {
  // Lengths, so that no two lists of parameters make the same text.
  text_ += fmt::format("{}={}:{};", name, value.size(), value);
  return *this;
}

std::string CacheKey::hex() const { return crypto::sha256_hex(text_); }

SessionCache::SessionCache(const Environment& environment)
    : sealed_(environment.is_true("ROLECALL_KEYS_SESSIONS")) {
  if (auto folder = environment.get_filled("ROLECALL_CACHE_DIR")) {
    folder_ = environment.expand_path(*folder);
  } else if (auto cache = environment.get_filled("XDG_CACHE_HOME")) {
    folder_ = *cache + "/rolecall";
  } else {
    folder_ = environment.home() + "/.cache/rolecall";
  }
  folder_ += "/sessions";
}

Status SessionCache::check_folder() const {
  // Both: who can write to the outer one could put another inner one in its place.
  for (const std::string& folder : {folder_of(folder_), folder_}) {
    if (::access(folder.c_str(), F_OK) != 0 && errno == ENOENT) continue;
    if (auto status = check_private_folder(folder); !status) {
      return with_note(std::move(status).error(),
                       "sessions are kept in a folder of one's own; ROLECALL_CACHE_DIR names "
                       "another place");
    }
  }
  return {};
}

Status SessionCache::make_folder() const {
  RC_CHECK(make_folders(folder_));
  return check_folder();
}

std::optional<CachedSession> SessionCache::read(const std::string& key) const {
  if (!check_folder()) return std::nullopt;
  const auto text = read_private_file_if_there(path_of(key), kCacheEntryBytesMax);
  if (!text || !*text) return std::nullopt;
  if (!sealed_) return parse_cached_session(**text);
  const auto seal = SessionSeal::find();
  const auto plain = seal ? seal->open(**text, key) : std::nullopt;
  return plain ? parse_cached_session(plain->reveal()) : std::nullopt;
}

Status SessionCache::write(const std::string& key, const CachedSession& session,
                           Random* random) const {
  RC_CHECK(make_folder());
  // A session that a loss of power takes is opened again: the disk is not waited for.
  if (!sealed_) {
    return replace_private_file(path_of(key), format_cached_session(session), Sync::none);
  }
  if (random == nullptr) return fault("nothing to seal the session with");
  RC_TRY(const SessionSeal seal, SessionSeal::find_or_make(*random));
  const Secret plain(format_cached_session(session));
  return replace_private_file(path_of(key), seal.seal(plain.reveal(), key, *random), Sync::none);
}

void SessionCache::remove(const std::string& key) const { ::unlink(path_of(key).c_str()); }

Result<FileLock> SessionCache::lock(const std::string& key) const {
  RC_CHECK(make_folder());
  return FileLock::on_private_file(folder_ + "/" + key + ".lock");
}

std::vector<std::pair<std::string, CachedSession>> SessionCache::list() const {
  std::vector<std::pair<std::string, CachedSession>> out;
  DIR* folder = ::opendir(folder_.c_str());
  if (folder == nullptr) return out;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (!name.ends_with(".json")) continue;
    const std::string key(name.substr(0, name.size() - 5));
    if (auto session = read(key)) out.emplace_back(key, std::move(*session));
  }
  ::closedir(folder);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

Result<std::size_t> SessionCache::clear() const {
  std::size_t removed = 0;
  DIR* folder = ::opendir(folder_.c_str());
  if (folder == nullptr) return removed;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string name = entry->d_name;
    // Locks stay: removing one that is held would let two writers in.
    // What a killed writer left beside a file goes too.
    const std::size_t end = name.rfind(".json");
    const bool is_session = name.ends_with(".json");
    const bool is_rest = end != name.npos && name.size() == end + 5 + kTemporarySuffixBytes;
    if (!is_session && !is_rest) continue;
    if (::unlink((folder_ + "/" + name).c_str()) == 0 && is_session) ++removed;
  }
  ::closedir(folder);
  return removed;
}

std::string aws_cache_key(const AwsCacheParameters& parameters) {
  std::string text = "{";
  const auto add = [&](std::string_view name, const std::optional<std::string>& value) {
    if (!value) return;
    if (text.size() > 1) text += ", ";
    append_python_quoted(text, name);
    text += ": ";
    append_python_quoted(text, *value);
  };
  if (parameters.duration_seconds) {
    text += "\"DurationSeconds\": " + std::to_string(*parameters.duration_seconds);
  }
  add("ExternalId", parameters.external_id);
  add("RoleArn", parameters.role_arn);
  add("RoleSessionName", parameters.role_session_name);
  add("SerialNumber", parameters.serial_number);
  text += "}";
  crypto::Sha1 hash;
  hash.update(text);
  return hex_encode(hash.finish());
}

std::string aws_cache_folder(const Environment& environment) {
  return environment.home() + "/.aws/cli/cache";
}

}  // namespace rolecall::client
