#include "client/answers.h"

#include "base/json.h"
#include "client/failure.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kProcess = "Error when retrieving credentials from custom-process: ";

Secret secret_at(const json::Value& object, std::string_view name) {
  return Secret(std::string(object.find_text(name).value_or("")));
}

// Python's text of a JSON value, for the AWS CLI's messages.
std::string python_text(const json::Value* value) {
  if (value == nullptr) return "<Version key not provided>";
  switch (value->kind()) {
    case json::Kind::null:
      return "None";
    case json::Kind::boolean:
      return value->as_bool() ? "True" : "False";
    case json::Kind::string:
    case json::Kind::number:
      return value->text();
    default:
      return value->dump();
  }
}

std::optional<Credentials> with_token(const json::Value& document) {
  const auto id = document.find_text("AccessKeyId");
  const auto secret = document.find_text("SecretAccessKey");
  const auto token = document.find_text("Token");
  const auto expires = parse_expiration(document.find_text("Expiration").value_or(""));
  if (!id || !secret || !token || !expires) return std::nullopt;
  Credentials out{std::string(*id), Secret(std::string(*secret)), Secret(std::string(*token)),
                  expires};
  out.account_id = document.find_text("AccountId").value_or("");
  return out;
}

}  // namespace

Result<Credentials> parse_process_output(std::string_view text) {
  const auto bad = [](std::string_view why) {
    return general_failure(std::string(kProcess) + std::string(why));
  };
  const auto document = json::parse(text);
  if (!document) return bad("the output is not JSON: " + document.error().message);
  if (!document->is_object()) return bad("the output is not a JSON object");
  const json::Value* version = document->find("Version");
  if (version == nullptr || !version->is_number() || version->as_double() != 1.0) {
    return bad("Unsupported version '" + python_text(version) +
               "' for credential process provider, supported versions: 1");
  }
  for (const std::string_view name : {"AccessKeyId", "SecretAccessKey"}) {
    const json::Value* value = document->find(name);
    if (value == nullptr)
      return bad("Missing required key in response: '" + std::string(name) + "'");
    if (!value->is_string()) return bad("`" + std::string(name) + "` is not a text");
  }
  Credentials out{std::string(*document->find_text("AccessKeyId")),
                  secret_at(*document, "SecretAccessKey")};
  if (document->find_text("SessionToken")) out.token = secret_at(*document, "SessionToken");
  out.account_id = document->find_text("AccountId").value_or("");
  if (const json::Value* end = document->find("Expiration"); end != nullptr && !end->is_null()) {
    out.expires = parse_expiration(end->text());
    if (!out.expires) return bad("`" + end->text() + "` is no time (Expiration)");
  }
  return out;
}

Result<Credentials> parse_container_answer(std::string_view text) {
  const auto document = json::parse(text);
  if (!document) {
    return general_failure(
        "Error when retrieving credentials from container-role: the answer is not JSON");
  }
  auto out = with_token(*document);
  if (!out) {
    return general_failure(
        "Error when retrieving credentials from container-role: the answer lacks one of "
        "AccessKeyId, SecretAccessKey, Token, Expiration");
  }
  return std::move(*out);
}

std::optional<Credentials> parse_instance_answer(std::string_view text) {
  const auto document = json::parse(text);
  if (!document || !document->is_object()) return std::nullopt;
  if (document->find_text("Code").value_or("Success") != "Success") return std::nullopt;
  return with_token(*document);
}

std::optional<SsoToken> parse_sso_token(std::string_view text) {
  const auto document = json::parse(text);
  if (!document || !document->is_object()) return std::nullopt;
  const auto token = document->find_text("accessToken");
  const auto expires = parse_expiration(document->find_text("expiresAt").value_or(""));
  if (!token || token->empty() || !expires) return std::nullopt;
  return SsoToken{Secret(std::string(*token)), *expires};
}

std::optional<Credentials> parse_sso_answer(std::string_view text) {
  const auto document = json::parse(text);
  const json::Value* keys = document ? document->find("roleCredentials") : nullptr;
  if (keys == nullptr) return std::nullopt;
  const auto id = keys->find_text("accessKeyId");
  const auto secret = keys->find_text("secretAccessKey");
  const auto token = keys->find_text("sessionToken");
  const json::Value* end = keys->find("expiration");
  const auto millis = end == nullptr ? std::nullopt : end->as_integer();
  if (!id || !secret || !token || !millis) return std::nullopt;
  if (*millis < 0 || *millis > INT64_MAX / 1000) return std::nullopt;
  return Credentials{std::string(*id), Secret(std::string(*secret)), Secret(std::string(*token)),
                     Instant::from_millis(*millis)};
}

}  // namespace rolecall::client
