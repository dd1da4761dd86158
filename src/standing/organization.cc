#include "standing/organization.h"

namespace rolecall::standing {
namespace {

// Those of one node, in the order attached.
PolicyList level_of(const identity::Organization& organization, std::string_view node,
                    std::string_view type, Control control) {
  PolicyList level;
  const identity::NodePolicies* attached = organization.attachments.find(node);
  if (attached == nullptr) return level;
  for (const std::string& id : attached->policies) {
    const identity::OrganizationPolicy* policy = organization.policies.find(id);
    if (policy == nullptr || policy->type != type) continue;
    // RCPFullAWSAccess is implied at every level (Rule 203).
    if (control == Control::rcp && policy->aws_managed) continue;
    level.add(policy->name, {.document = policy->document});
  }
  return level;
}

}  // namespace

std::vector<PolicyList> control_levels(AccountId account, const identity::State& state,
                                       Control control) {
  std::vector<PolicyList> levels;
  const identity::Organization* organization = state.organization_of(account);
  if (organization == nullptr || !organization->info.all_features) return levels;
  const std::string_view type =
      control == Control::scp ? identity::kServiceControlPolicy : identity::kResourceControlPolicy;
  if (!organization->info.is_enabled(type)) return levels;
  if (control == Control::rcp && account == organization->info.management_account) return levels;
  for (const std::string_view node : organization->way_to(account)) {
    levels.push_back(level_of(*organization, node, type, control));
  }
  levels.push_back(level_of(*organization, account.text(), type, control));
  return levels;
}

AccountId management_account(AccountId account, const identity::State& state) {
  const identity::Organization* organization = state.organization_of(account);
  return organization == nullptr ? AccountId() : organization->info.management_account;
}

std::string organization_path(AccountId account, const identity::Organization& organization) {
  std::string out = organization.info.id + "/";
  for (const std::string_view node : organization.way_to(account)) out.append(node).append("/");
  return out;
}

bool same_organization(AccountId a, AccountId b, const identity::State& state) {
  const identity::Organization* organization = state.organization_of(a);
  return organization != nullptr && organization == state.organization_of(b);
}

}  // namespace rolecall::standing
