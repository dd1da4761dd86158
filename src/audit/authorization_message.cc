#include "audit/authorization_message.h"

#include <algorithm>

#include "base/compress.h"
#include "base/encoding.h"
#include "base/json.h"

namespace rolecall::audit {
namespace {

constexpr std::uint32_t kKeyId = 1;
constexpr std::size_t kJsonBytesMax = 1 << 20;

crypto::SealingKey derive(const Secret& master_key) {
  auto key = crypto::SealingKey::create(
      kKeyId, crypto::hkdf_sha256(master_key.reveal(), "", "rolecall authorization message 1",
                                  crypto::kSealingKeyBytes));
  RC_ASSERT(key.has_value());
  return std::move(*key);
}

// The account is bound to the seal: another account's caller cannot open it.
std::string purpose(AccountId account) { return "authorization message " + account.text(); }

// AWS wraps every list: {"items": [{"value": "…"}]}.
void write_values(json::Writer& w, std::string_view name, const std::vector<std::string>& values) {
  w.key(name).begin_object().key("items").begin_array();
  for (const auto& value : values) w.begin_object().member("value", value).end_object();
  w.end_array().end_object();
}

void write_conditions(json::Writer& w, const KeyValues& conditions) {
  w.key("conditions").begin_object().key("items").begin_array();
  for (const auto& [key, values] : conditions) {
    w.begin_object().member("key", key);
    write_values(w, "values", values);
    w.end_object();
  }
  w.end_array().end_object();
}

}  // namespace

std::string to_json(const AuthorizationMessage& message) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  w.key("allowed").boolean(message.allowed);
  w.key("explicitDeny").boolean(message.explicit_deny);
  w.key("matchedStatements").begin_object().key("items").begin_array();
  for (const auto& statement : message.matched) {
    w.begin_object();
    w.member("statementId", statement.id);
    w.member("effect", statement.effect);
    if (!statement.policy.empty()) w.member("policy", statement.policy);
    write_values(w, "principals", statement.principals);
    write_values(w, "principalGroups", {});
    write_values(w, "actions", statement.actions);
    write_values(w, "resources", statement.resources);
    write_conditions(w, statement.conditions);
    w.end_object();
  }
  w.end_array().end_object();
  w.key("failures").begin_object().key("items").begin_array();
  for (const auto& failure : message.failures) {
    w.begin_object().member("value", failure).end_object();
  }
  w.end_array().end_object();
  w.key("context").begin_object();
  w.key("principal").begin_object();
  w.member("id", message.principal_id);
  if (!message.principal_name.empty()) w.member("name", message.principal_name);
  w.member("arn", message.principal_arn);
  w.end_object();
  w.member("action", message.action);
  w.member("resource", message.resource);
  write_conditions(w, message.conditions);
  w.end_object();
  w.end_object();
  return out;
}

AuthorizationMessages::AuthorizationMessages(const Secret& master_key) : key_(derive(master_key)) {}

std::string AuthorizationMessages::encode(AuthorizationMessage message, AccountId account,
                                          Random& random) const {
  for (int attempt = 0;; ++attempt) {
    std::string text =
        base64url_encode(key_.seal(compress(to_json(message)), purpose(account), random));
    if (text.size() <= kEncodedMessageCharactersMax || attempt == 3) return text;
    if (attempt == 0) message.conditions.clear();
    if (attempt == 1) message.matched.clear();
    if (attempt == 2) {  // a resource or a name of thousands of characters
      message.failures.clear();
      message.resource.resize(std::min<std::size_t>(message.resource.size(), 1'024));
    }
  }
}

std::optional<std::string> AuthorizationMessages::decode(std::string_view encoded,
                                                         AccountId account) const {
  const auto sealed = base64url_decode(encoded);
  if (!sealed) return std::nullopt;
  const auto packed = key_.open(*sealed, purpose(account));
  if (!packed) return std::nullopt;
  return decompress(packed->reveal(), kJsonBytesMax);
}

}  // namespace rolecall::audit
