#include "services/core/principals.h"

#include <optional>

#include "policy/principals.h"

namespace rolecall::services {

namespace {

bool looks_like_unique_id(std::string_view text) {
  return text.size() >= 16 && (text.starts_with("AIDA") || text.starts_with("AROA"));
}

const identity::Account* account_named(const identity::State& state, std::string_view number) {
  auto id = AccountId::parse(number);
  return id ? state.account(*id) : nullptr;
}

std::string unique_id_of(const identity::State& state, std::string_view arn) {
  auto parsed = ArnView::parse(arn);
  if (!parsed || parsed->service != "iam") return {};
  const identity::Account* account = account_named(state, parsed->account);
  if (account == nullptr) return {};
  if (parsed->resource.starts_with("user/")) {
    const identity::User* user = parsed->resource == "user/rolecall/admin"
                                     ? account->users.find(identity::kFlagUserKey)
                                     : nullptr;
    if (user == nullptr) user = account->users.find(parsed->resource_name());
    return user != nullptr && user->arn == arn ? user->id : std::string();
  }
  if (parsed->resource.starts_with("role/")) {
    const identity::Role* role = account->roles.find(parsed->resource_name());
    return role != nullptr && role->arn == arn ? role->id : std::string();
  }
  return {};
}

std::string arn_of(const identity::State& state, std::string_view unique_id) {
  const identity::PrincipalIndexEntry* entry = state.principal(unique_id);
  const identity::Account* account = entry == nullptr ? nullptr : state.account(entry->account);
  if (account == nullptr) return {};
  if (entry->is_role) {
    const identity::Role* role = account->roles.find(entry->name);
    return role == nullptr ? std::string() : role->arn;
  }
  const identity::User* user = account->users.find(entry->name);
  return user == nullptr ? std::string() : user->arn;
}

}  // namespace

bool principal_exists(const identity::State& state, std::string_view partition,
                      std::string_view principal) {
  if (principal == "*" || AccountId::parse(principal)) return true;
  if (looks_like_unique_id(principal)) return state.principal(principal) != nullptr;
  auto arn = ArnView::parse(principal);
  if (!arn || arn->partition != partition || !AccountId::parse(arn->account)) return false;
  if (arn->service == "sts") {
    // Sessions come and go; their role must be there.
    if (arn->resource.starts_with("federated-user/")) return true;
    constexpr std::string_view kAssumed = "assumed-role/";
    if (!arn->resource.starts_with(kAssumed)) return false;
    std::string_view role = arn->resource.substr(kAssumed.size());
    const identity::Account* account = account_named(state, arn->account);
    return account != nullptr && account->roles.contains(role.substr(0, role.find('/')));
  }
  if (arn->service != "iam" || !arn->region.empty()) return false;
  return arn->resource == "root" || !unique_id_of(state, principal).empty();
}

std::string hold_principals(const identity::State& state, std::string_view policy) {
  return policy::rewrite_principals(policy,
                                    [&](std::string_view principal) -> std::optional<std::string> {
                                      std::string id = unique_id_of(state, principal);
                                      if (id.empty()) return std::nullopt;
                                      return id;
                                    });
}

std::string show_principals(const identity::State& state, std::string_view policy) {
  if (policy.find("AIDA") == std::string_view::npos &&
      policy.find("AROA") == std::string_view::npos) {
    return std::string(policy);
  }
  return policy::rewrite_principals(policy,
                                    [&](std::string_view principal) -> std::optional<std::string> {
                                      if (!looks_like_unique_id(principal)) return std::nullopt;
                                      std::string arn = arn_of(state, principal);
                                      if (arn.empty()) return std::nullopt;
                                      return arn;
                                    });
}

}  // namespace rolecall::services
