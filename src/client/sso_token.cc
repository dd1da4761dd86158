#include "client/sso_token.h"

#include "base/encoding.h"
#include "base/files.h"
#include "base/json.h"
#include "base/time.h"
#include "client/failure.h"
#include "client/transport.h"
#include "crypto/hash.h"

namespace rolecall::client {
namespace {

constexpr std::size_t kTokenFileBytesMax = 256 * 1024;
constexpr std::int64_t kRenewBeforeSeconds = 15 * 60;  // the AWS CLI's
// No token lasts longer than a session of IAM Identity Center, at most 90 days.
constexpr std::int64_t kLifeSecondsMax = 90LL * 24 * 3600;

std::string path_of(Session& session, const std::string& name) {
  crypto::Sha1 hash;
  hash.update(name);
  return session.environment().home() + "/.aws/sso/cache/" + hex_encode(hash.finish()) + ".json";
}

void put(json::Value& document, std::string_view name, std::string text) {
  for (json::Member& member : document.members()) {
    if (member.name == name) {
      member.value = json::Value::string(std::move(text));
      return;
    }
  }
  document.add(std::string(name), json::Value::string(std::move(text)));
}

// The request that renews a token, nullopt where the file does not say how.
std::optional<http::ClientRequest> renewal(const json::Value& file, const SsoLogin& login,
                                           Instant now) {
  const auto registered = parse_expiration(file.find_text("registrationExpiresAt").value_or(""));
  if (!registered || *registered <= now) return std::nullopt;
  json::Value body = json::Value::object();
  body.add("grantType", json::Value::string("refresh_token"));
  for (const std::string_view name : {"clientId", "clientSecret", "refreshToken"}) {
    const auto text = file.find_text(name);
    if (!text || text->empty()) return std::nullopt;
    body.add(std::string(name), json::Value::string(std::string(*text)));
  }
  http::ClientRequest out{"POST", login.oidc_url + "/token", {}, body.dump()};
  out.headers.emplace_back("Content-Type", "application/json");
  return out;
}

// The file's text with the token of `answer`.
std::optional<std::string> renewed(json::Value file, std::string_view answer, Instant now) {
  const auto given = json::parse(answer);
  if (!given || !given->is_object()) return std::nullopt;
  const auto token = given->find_text("accessToken");
  const json::Value* life = given->find("expiresIn");
  const auto seconds = life == nullptr ? std::nullopt : life->as_integer();
  if (!token || token->empty() || !seconds || *seconds <= 0 || *seconds > kLifeSecondsMax) {
    return std::nullopt;
  }
  put(file, "accessToken", std::string(*token));
  put(file, "expiresAt", format_iso8601(Instant::from_seconds(now.seconds() + *seconds)));
  if (const auto next = given->find_text("refreshToken")) {
    put(file, "refreshToken", std::string(*next));
  }
  return file.dump();
}

// nullopt: it could not be renewed, `why` says so.
std::optional<SsoToken> renew(Session& session, const SsoLogin& login, const std::string& path,
                              std::string& why) {
  const auto lock = FileLock::on_folder(folder_of(path));
  if (!lock) {
    why = lock.error().text();
    return std::nullopt;
  }
  // Somebody else may have done it meanwhile.
  const auto text = read_file_if_there(path, kTokenFileBytesMax);
  if (!text || !*text) return std::nullopt;
  const Instant now = session.clock().now();
  auto token = parse_sso_token(**text);
  if (token && token->expires.seconds() - now.seconds() >= kRenewBeforeSeconds) return token;
  auto file = json::parse(**text);
  if (!file) return std::nullopt;
  const auto request = renewal(*file, login, now);
  if (!request) {
    why = "the file does not say how to renew it";
    return std::nullopt;
  }
  const auto answer = client::fetch(session, *request);
  if (!answer) {
    why = answer.error().text();
    return std::nullopt;
  }
  auto made = answer->status == 200 ? renewed(std::move(*file), answer->body, now) : std::nullopt;
  if (!made) {
    why = login.oidc_url + " answered with HTTP status " + std::to_string(answer->status);
    return std::nullopt;
  }
  if (const auto wrote = replace_private_file(path, *made); !wrote) {
    why = wrote.error().text();
    return std::nullopt;
  }
  return parse_sso_token(*made);
}

}  // namespace

ApiError sso_session_expired() {
  return general_failure(
      "The SSO session associated with this profile has expired or is otherwise invalid. To "
      "refresh this SSO session run aws sso login with the corresponding profile.");
}

Result<SsoToken> load_sso_token(Session& session, const SsoLogin& login) {
  const std::string& name = login.session.empty() ? login.start_url : login.session;
  const std::string path = path_of(session, name);
  RC_TRY(const auto text, read_file_if_there(path, kTokenFileBytesMax));
  auto token = text ? parse_sso_token(*text) : std::nullopt;
  if (!token) {
    return with_note(
        general_failure("Error loading SSO Token: Token for " + name + " does not exist"), path);
  }
  const std::int64_t left = token->expires.seconds() - session.clock().now().seconds();
  if (login.session.empty()) {
    if (left <= 0) return with_note(sso_session_expired(), path);
    return std::move(*token);
  }
  if (left >= kRenewBeforeSeconds) return std::move(*token);
  std::string why;
  if (auto next = renew(session, login, path, why)) return std::move(*next);
  if (left > 0) return std::move(*token);
  Error error =
      general_failure("Error when retrieving token from sso: Token has expired and refresh failed");
  if (!why.empty()) error = with_note(std::move(error), why);
  return with_note(std::move(error), "run `aws sso login`; the token is in " + path);
}

}  // namespace rolecall::client
