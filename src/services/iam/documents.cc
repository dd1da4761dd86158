#include "services/iam/documents.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/json.h"
#include "policy/principals.h"
#include "policy/validate.h"
#include "standing/principals.h"

namespace rolecall::iam {
namespace {

// rewrite_principals() without parsing, for texts in which a quoted unique id can be nothing but a
// principal: nothing is escaped, there are no conditions, and each id stands in a list or after
// "AWS". nullopt: such a text this is not. GetRole and ListRoles do this for every role.
template <class Replace>
std::optional<std::string> rewrite_plain_principals(std::string_view text, const Replace& replace) {
  if (text.find('\\') != text.npos || text.find("ondition") != text.npos) return std::nullopt;
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = text.find("\"A"); at != text.npos; at = text.find("\"A", at + 1)) {
    const std::size_t end = text.find('"', at + 1);
    if (end == text.npos) return std::nullopt;
    const std::string_view id = text.substr(at + 1, end - at - 1);
    if (!standing::looks_like_unique_id(id)) continue;
    const std::size_t before = text.find_last_not_of(" \t\r\n", at - 1);
    if (before == text.npos) return std::nullopt;
    if (text[before] == ':') {
      const std::size_t key = text.find_last_not_of(" \t\r\n", before - 1);
      if (key == text.npos || !text.substr(0, key + 1).ends_with("\"AWS\"")) return std::nullopt;
    } else if (text[before] != '[' && text[before] != ',') {
      return std::nullopt;
    }
    if (auto replacement = replace(id)) {
      out.append(text.substr(done, at - done));
      json::append_quoted(out, *replacement);
      done = end + 1;
    }
  }
  return out.append(text.substr(done));
}

}  // namespace

Result<identity::PolicyRef> make_document(policy::Kind kind, std::string_view text) {
  policy::ValidateOptions options;
  // Inline policies are weighed together with the others of their entity (inline_policies.cc).
  options.check_size = kind != policy::Kind::inline_;
  if (auto refusal = policy::validate(kind, text, options)) return *std::move(refusal);
  return identity::make_policy(std::string(text), kind);
}

Result<identity::PolicyRef> make_trust(const services::Call& call, std::string_view text) {
  policy::ValidateOptions options;
  options.principal_exists = [&](std::string_view principal) {
    return standing::principal_exists(call.state, call.partition, principal);
  };
  if (auto refusal = policy::validate(policy::Kind::trust, text, options)) {
    return *std::move(refusal);
  }
  std::string stored = policy::rewrite_principals(
      text, [&](std::string_view principal) -> std::optional<std::string> {
        if (AccountId::parse(principal)) {
          return fmt::format("arn:{}:iam::{}:root", call.partition, principal);
        }
        std::string id = standing::unique_id_of(call.state, principal);
        if (id.empty()) return std::nullopt;
        return id;
      });
  return identity::make_policy(std::move(stored), policy::Kind::trust);
}

std::string trust_text(const identity::State& state, const identity::StoredPolicy& trust) {
  const std::string& text = trust.text();
  // Most trust policies name services and accounts only: nothing to put back.
  if (text.find("AIDA") == std::string::npos && text.find("AROA") == std::string::npos) {
    return text;
  }
  const auto arn_of = [&](std::string_view principal) -> std::optional<std::string> {
    if (!standing::looks_like_unique_id(principal)) return std::nullopt;
    std::string arn = standing::arn_of(state, principal);
    if (arn.empty()) return std::nullopt;  // Rule 373: deleted, the id itself is shown
    return arn;
  };
  if (auto plain = rewrite_plain_principals(text, arn_of)) return std::move(*plain);
  return policy::rewrite_principals(text, arn_of);
}

std::string encoded(std::string_view text) { return percent_encode(text); }

std::string encoded_trust(const identity::State& state, const identity::StoredPolicy& trust) {
  return percent_encode(trust_text(state, trust));
}

}  // namespace rolecall::iam
