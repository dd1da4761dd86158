#include "guard/gather.h"

#include <algorithm>

#include "identity/sessions.h"
#include "policy/kind.h"

namespace rolecall::guard {
namespace {

// Stands for a policy that should be there and is not: denies whatever it takes part in.
const identity::PolicyRef& missing_policy() {
  static const identity::PolicyRef document = identity::make_policy("", policy::Kind::managed);
  return document;
}

// The document, or one that denies where it should be and is not.
identity::PolicyRef or_missing(identity::PolicyRef document) {
  return document ? std::move(document) : identity::PolicyRef(missing_policy());
}

void add_grants(const identity::Grants& grants, const identity::State& state, PolicyList& out) {
  for (const auto& item : grants.inline_policies) out.add(item.document, item.name);
  for (const auto& arn : grants.attached) {
    out.add(or_missing(identity::find_policy_document(state, arn)), arn);
  }
}

const identity::OrganizationUnit* find_unit(const identity::Organization& organization,
                                            std::string_view id) {
  for (const auto& unit : organization.units) {
    if (unit.id == id) return &unit;
  }
  return nullptr;
}

// Node ids from the root down to the account's parent; empty when it is no member.
std::vector<std::string_view> ancestors(AccountId account, const identity::State& state) {
  std::vector<std::string_view> path;
  const identity::Organization* organization = state.organization();
  if (organization == nullptr || account.empty()) return path;
  const auto& accounts = organization->accounts;
  const auto at =
      std::lower_bound(accounts.begin(), accounts.end(), account,
                       [](const auto& entry, AccountId id) { return entry.first < id; });
  if (at == accounts.end() || at->first != account) return path;
  std::string_view id = at->second;
  while (!id.empty() && path.size() <= organization->units.size()) {
    path.push_back(id);
    const auto* unit = find_unit(*organization, id);
    id = unit == nullptr ? std::string_view() : std::string_view(unit->parent);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace

void PolicyList::add(identity::PolicyRef document, std::string_view name) {
  refs.push_back({&document->compiled(), name});
  keep.push_back(std::move(document));
}

void gather_identity(const identity::Caller& caller, const identity::State& state,
                     PolicyList& out) {
  if (caller.role != nullptr) {
    add_grants(caller.role->grants, state, out);
    return;
  }
  if (caller.user == nullptr) return;
  add_grants(caller.user->grants, state, out);
  const identity::Account* account = state.account(caller.account);
  if (account == nullptr) return;
  for (const auto& name : caller.user->groups) {
    if (const auto* group = account->groups.find(name)) add_grants(group->grants, state, out);
  }
}

void gather_boundary(const identity::Caller& caller, const identity::State& state,
                     PolicyList& out) {
  const std::string* boundary = caller.role   ? &caller.role->boundary
                                : caller.user ? &caller.user->boundary
                                              : nullptr;
  if (boundary == nullptr || boundary->empty()) return;
  out.add(or_missing(identity::find_policy_document(state, *boundary)), *boundary);
}

void gather_session(const identity::Caller& caller, const identity::State& state, PolicyList& out) {
  if (caller.session == nullptr) return;
  for (const auto& document : caller.session->inline_documents) out.add(document, "session policy");
  for (const auto& arn : caller.session->policy_arns) {
    out.add(or_missing(identity::find_policy_document(state, arn)), arn);
  }
}

void gather_levels(AccountId account, const identity::State& state, OrganizationLayer layer,
                   std::vector<PolicyList>& out) {
  const identity::Organization* organization = state.organization();
  if (organization == nullptr || !organization->all_features) return;
  const std::string_view type =
      layer == OrganizationLayer::scp ? "SERVICE_CONTROL_POLICY" : "RESOURCE_CONTROL_POLICY";
  const auto& enabled = organization->enabled_policy_types;
  if (std::find(enabled.begin(), enabled.end(), type) == enabled.end()) return;
  std::vector<std::string_view> path = ancestors(account, state);
  if (path.empty()) return;
  const std::string account_text = account.text();
  path.push_back(account_text);
  for (const std::string_view node : path) {
    PolicyList& level = out.emplace_back();
    for (const auto& item : organization->policies) {
      // RCPFullAWSAccess is implied at every level (Rule 203).
      if (item.type != type || (layer == OrganizationLayer::rcp && item.aws_managed)) continue;
      if (std::find(item.targets.begin(), item.targets.end(), node) == item.targets.end()) continue;
      level.add(item.document, item.name);
    }
  }
}

std::string organization_path(AccountId account, const identity::State& state) {
  const std::vector<std::string_view> path = ancestors(account, state);
  if (path.empty()) return {};
  std::string out = state.organization()->id + "/";
  for (const std::string_view node : path) out.append(node).append("/");
  return out;
}

bool same_organization(AccountId a, AccountId b, const identity::State& state) {
  return !ancestors(a, state).empty() && !ancestors(b, state).empty();
}

}  // namespace rolecall::guard
