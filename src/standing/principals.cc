#include "standing/principals.h"

#include "policy/principals.h"

namespace rolecall::standing {
namespace {

template <class T>
std::shared_ptr<const T> exactly(const identity::Table<T>& table, std::string_view name,
                                 std::string_view arn) {
  std::shared_ptr<const T> found = table.get(name);
  return found != nullptr && found->arn == arn ? found : nullptr;
}

}  // namespace

std::optional<Entity> find_entity(const identity::State& state, std::string_view arn) {
  const std::optional<ArnView> parsed = ArnView::parse(arn);
  if (!parsed || parsed->service != "iam") return std::nullopt;
  const std::optional<AccountId> id = AccountId::parse(parsed->account);
  Entity out;
  out.account = id ? state.account(*id) : nullptr;
  if (out.account == nullptr) return std::nullopt;
  const std::string_view name = parsed->resource_name();
  const std::string_view type = parsed->resource_type();
  if (type == "user") {
    // The administrator of --admin-key is kept under a key that is no name.
    if (parsed->resource == "user/rolecall/admin") {
      out.user = exactly(out.account->users, identity::kFlagUserKey, arn);
    }
    if (!out.user) out.user = exactly(out.account->users, name, arn);
  }
  if (type == "role") out.role = exactly(out.account->roles, name, arn);
  if (type == "group") out.group = exactly(out.account->groups, name, arn);
  if (!out.user && !out.role && !out.group) return std::nullopt;
  return out;
}

std::string unique_id_of(const identity::State& state, std::string_view arn) {
  const std::optional<Entity> found = find_entity(state, arn);
  if (!found || found->group) return {};
  return found->user ? found->user->id : found->role->id;
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

bool looks_like_unique_id(std::string_view text) {
  return text.size() >= 16 && (text.starts_with("AIDA") || text.starts_with("AROA"));
}

bool principal_exists(const identity::State& state, std::string_view partition,
                      std::string_view principal) {
  if (principal == "*" || AccountId::parse(principal)) return true;
  if (looks_like_unique_id(principal)) return state.principal(principal) != nullptr;
  const std::optional<ArnView> arn = ArnView::parse(principal);
  const std::optional<AccountId> id = arn ? AccountId::parse(arn->account) : std::nullopt;
  if (!id || arn->partition != partition) return false;
  if (arn->service == "sts") {
    // Sessions come and go; their account and role must be there.
    const identity::Account* account = state.account(*id);
    if (account == nullptr) return false;
    if (arn->resource_type() == "federated-user") return true;
    const std::string_view role = arn->resource_id();
    return arn->resource_type() == "assumed-role" &&
           account->roles.contains(role.substr(0, role.find('/')));
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

}  // namespace rolecall::standing
