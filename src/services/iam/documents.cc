#include "services/iam/documents.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/json.h"
#include "policy/principals.h"
#include "policy/validate.h"

namespace rolecall::iam {
namespace {

bool looks_like_unique_id(std::string_view text) {
  return text.size() >= 16 && (text.starts_with("AIDA") || text.starts_with("AROA"));
}

// The user or role an ARN names, with its unique id; "" when there is none.
std::string unique_id_of(const identity::State& state, std::string_view arn) {
  const auto parsed = ArnView::parse(arn);
  if (!parsed || parsed->service != "iam") return "";
  const auto account_id = AccountId::parse(parsed->account);
  if (!account_id) return "";
  const identity::Account* account = state.account(*account_id);
  if (!account) return "";
  if (parsed->resource.starts_with("user/")) {
    const identity::User* user = parsed->resource == "user/rolecall/admin"
                                     ? account->users.find(identity::kFlagUserKey)
                                     : nullptr;
    if (user == nullptr) user = account->users.find(parsed->resource_name());
    return user && user->arn == arn ? user->id : "";
  }
  if (parsed->resource.starts_with("role/")) {
    const identity::Role* role = account->roles.find(parsed->resource_name());
    return role && role->arn == arn ? role->id : "";
  }
  return "";
}

// The administrator of a flag: he exists while the server runs, so his ARN is kept as it is.
bool is_flag_user(const identity::State& state, std::string_view arn) {
  const auto parsed = ArnView::parse(arn);
  const auto account_id = parsed ? AccountId::parse(parsed->account) : std::nullopt;
  const identity::Account* account = account_id ? state.account(*account_id) : nullptr;
  const identity::User* user = account ? account->users.find(identity::kFlagUserKey) : nullptr;
  return user && user->arn == arn;
}

std::string arn_of_unique_id(const identity::State& state, std::string_view id) {
  const identity::PrincipalIndexEntry* entry = state.principal(id);
  const identity::Account* account = entry ? state.account(entry->account) : nullptr;
  if (!account) return "";
  if (entry->is_role) {
    const identity::Role* role = account->roles.find(entry->name);
    return role ? role->arn : "";
  }
  const identity::User* user = account->users.find(entry->name);
  return user && user->id == id ? user->arn : "";
}

// "assumed-role/ROLE/SESSION": the role must be there, sessions come and go.
bool session_role_exists(const identity::State& state, const ArnView& arn) {
  const auto account_id = AccountId::parse(arn.account);
  const identity::Account* account = account_id ? state.account(*account_id) : nullptr;
  if (!account) return false;
  if (arn.resource.starts_with("federated-user/")) return true;
  std::string_view rest = arn.resource;
  if (!rest.starts_with("assumed-role/")) return false;
  rest.remove_prefix(std::string_view("assumed-role/").size());
  return account->roles.contains(rest.substr(0, rest.find('/')));
}

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
    if (!looks_like_unique_id(id)) continue;
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

bool principal_exists(const services::Call& call, std::string_view principal) {
  if (principal == "*" || AccountId::parse(principal)) return true;
  if (looks_like_unique_id(principal)) return call.state.principal(principal) != nullptr;
  const auto arn = ArnView::parse(principal);
  if (!arn || arn->partition != call.partition || !AccountId::parse(arn->account)) return false;
  if (arn->service == "sts") return session_role_exists(call.state, *arn);
  if (arn->service != "iam" || !arn->region.empty()) return false;
  if (arn->resource == "root" || is_flag_user(call.state, principal)) return true;
  return !unique_id_of(call.state, principal).empty();
}

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
    return principal_exists(call, principal);
  };
  if (auto refusal = policy::validate(policy::Kind::trust, text, options)) {
    return *std::move(refusal);
  }
  std::string stored = policy::rewrite_principals(
      text, [&](std::string_view principal) -> std::optional<std::string> {
        if (AccountId::parse(principal)) {
          return fmt::format("arn:{}:iam::{}:root", call.partition, principal);
        }
        std::string id = unique_id_of(call.state, principal);
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
    if (!looks_like_unique_id(principal)) return std::nullopt;
    std::string arn = arn_of_unique_id(state, principal);
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
