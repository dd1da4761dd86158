#include "client/provider.h"

#include <unistd.h>

#include "client/failure.h"

namespace rolecall::client {
namespace {

class StaticSource final : public Source {
 public:
  StaticSource(std::string_view method, std::string profile, Credentials credentials)
      : method_(method), profile_(std::move(profile)), credentials_(std::move(credentials)) {}

  std::string_view method() const override { return method_; }
  std::string identity() const override { return "key:" + credentials_.access_key_id; }
  Result<Credentials> fetch(Session& session) override {
    if (credentials_.expires && *credentials_.expires <= session.clock().now()) {
      return general_failure(
          "Credentials were refreshed, but the refreshed credentials are still expired.");
    }
    return credentials_;
  }
  void describe(std::vector<Hop>& hops) const override {
    hops.push_back({profile_, std::string(method_), credentials_.access_key_id, {}});
  }

 private:
  std::string_view method_;
  std::string profile_;
  Credentials credentials_;
};

const Setting* text_setting(const Section& section, std::string_view key) {
  const Setting* setting = section.find(key);
  return setting == nullptr || setting->is_map ? nullptr : setting;
}

}  // namespace

std::unique_ptr<Source> make_static_source(std::string_view method, std::string profile,
                                           Credentials credentials) {
  return std::make_unique<StaticSource>(method, std::move(profile), std::move(credentials));
}

Result<std::unique_ptr<Source>> static_source_of(const Section* section, std::string_view method,
                                                 std::string_view profile, std::string& why) {
  if (section == nullptr) {
    why = "no such section";
    return std::unique_ptr<Source>();
  }
  const Setting* id = text_setting(*section, "aws_access_key_id");
  if (id == nullptr) {
    why = "no aws_access_key_id";
    return std::unique_ptr<Source>();
  }
  const Setting* secret = text_setting(*section, "aws_secret_access_key");
  if (secret == nullptr) {
    return general_failure("Partial credentials found in " + std::string(method) +
                           ", missing: aws_secret_access_key");
  }
  Credentials out{id->text, Secret(secret->text)};
  // The old name is read first, as the AWS CLI does.
  for (const std::string_view name : {"aws_security_token", "aws_session_token"}) {
    const Setting* token = text_setting(*section, name);
    if (token == nullptr) continue;
    out.token = Secret(token->text);
    break;
  }
  if (const Setting* account = text_setting(*section, "aws_account_id")) {
    out.account_id = account->text;
  }
  return make_static_source(method, std::string(profile), std::move(out));
}

std::optional<CachedSession> CachedSource::kept(Session& session, const SessionCache& cache) {
  if (forgotten_ || !session.options().use_cache) return std::nullopt;
  const Instant now = session.clock().now();
  auto ours = cache.read(key());
  if (ours && is_fresh(*ours, now)) return ours;
  if (const std::string path = shared_path(session); !path.empty()) {
    const auto text = read_private_file_if_there(path, kCacheEntryBytesMax);
    auto theirs = text && *text ? parse_cached_session(**text) : std::nullopt;
    if (theirs && (!ours || ours->credentials.expires < theirs->credentials.expires)) {
      return theirs;
    }
  }
  return ours;
}

std::optional<CachedSession> CachedSource::kept_session(Session& session) {
  return kept(session, SessionCache(session.environment()));
}

Credentials CachedSource::take(Session& session, const CachedSession& entry, std::string_view how) {
  arn_ = entry.arn;
  const std::int64_t left =
      entry.credentials.expires.value_or(Instant{}).seconds() - session.clock().now().seconds();
  note_ = std::string(how) + ", " + duration_words(left) + " left";
  return entry.credentials;
}

Result<Credentials> CachedSource::fetch(Session& session) {
  const SessionCache cache(session.environment());
  auto found = kept(session, cache);
  if (found && is_fresh(*found, session.clock().now())) return take(session, *found, "cached");
  // Without a place for locks and files the session is simply not kept.
  auto lock = cache.lock(key());
  if (lock) {
    found = kept(session, cache);
    if (found && is_fresh(*found, session.clock().now())) return take(session, *found, "cached");
  }
  auto opened = open(session);
  if (!opened) {
    const bool refused = exit_status(opened.error()) == kExitService;
    if (!refused && found && is_usable(*found, session.clock().now())) {
      return take(session, *found, "cached, could not be renewed");
    }
    return opened.error();
  }
  if (opened->credentials.expires && *opened->credentials.expires <= session.clock().now()) {
    return general_failure(
        "Credentials were refreshed, but the refreshed credentials are still expired.");
  }
  forgotten_ = false;
  if (lock) {
    if (auto status = cache.write(key(), *opened, &session.random()); !status) {
      lock = std::move(status).error();
    }
  }
  if (const std::string path = shared_path(session); !path.empty()) {
    if (make_folders(folder_of(path))) {
      [[maybe_unused]] const auto status =
          replace_private_file(path, format_cached_session(*opened));
    }
  }
  Credentials keys = take(session, *opened, "new");
  if (!lock) note_ += ", not kept: " + std::string(lock.error().text());
  return keys;
}

void CachedSource::forget(Session& session) {
  forgotten_ = true;
  SessionCache(session.environment()).remove(key());
  if (const std::string path = shared_path(session); !path.empty()) ::unlink(path.c_str());
}

std::string duration_words(std::int64_t seconds) {
  const auto words = [](std::int64_t count, std::string_view unit) {
    return std::to_string(count) + " " + std::string(unit) + (count == 1 ? "" : "s");
  };
  if (seconds < 120) return words(std::max<std::int64_t>(seconds, 0), "second");
  if (seconds < 2 * 3600) return words(seconds / 60, "minute");
  if (seconds < 48 * 3600) return words(seconds / 3600, "hour");
  return words(seconds / 86'400, "day");
}

}  // namespace rolecall::client
