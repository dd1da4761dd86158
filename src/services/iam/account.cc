// The account itself: its alias and its numbers.
#include <fmt/format.h>

#include "policy/validate.h"
#include "services/iam/limits.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace rolecall::iam {

Result<Change<CreateAccountAliasOutput>> create_account_alias(const CreateAccountAliasInput& in,
                                                              const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  // Aliases are unique over all accounts; a new one takes the place of the old ("Creating,
  // deleting, and listing an AWS account alias").
  const identity::GlobalName* taken = call.state.global_name("alias/" + in.account_alias);
  if (taken && taken->account != call.account) {
    return ApiError::entity_already_exists(
        fmt::format("The account alias {} already exists.", in.account_alias));
  }
  Change<CreateAccountAliasOutput> change;
  if (account->info.alias == in.account_alias) return change;
  identity::AccountInfo info = account->info;
  info.alias = in.account_alias;
  change.events.push_back(identity::PutAccount{std::move(info)});
  return change;
}

Result<Change<DeleteAccountAliasOutput>> delete_account_alias(const DeleteAccountAliasInput& in,
                                                              const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  if (account->info.alias != in.account_alias) {
    return ApiError::no_such_entity(
        fmt::format("The account alias {} cannot be found.", in.account_alias));
  }
  identity::AccountInfo info = account->info;
  info.alias.clear();
  Change<DeleteAccountAliasOutput> change;
  change.events.push_back(identity::PutAccount{std::move(info)});
  return change;
}

Result<ListAccountAliasesOutput> list_account_aliases(const ListAccountAliasesInput& in,
                                                      const Call& call) {
  RC_TRY(const Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  ListAccountAliasesOutput out;
  if (!account->info.alias.empty() && page.after.empty()) {
    out.account_aliases.push_back(account->info.alias);
  }
  end_page(out, std::nullopt);
  return out;
}

namespace {

template <class T, class Wanted>
std::size_t count(const identity::Table<T>& table, Wanted wanted) {
  std::size_t n = 0;
  for (const auto& entity : table) n += wanted(*entity) ? 1u : 0u;
  return n;
}

}  // namespace

Result<GetAccountSummaryOutput> get_account_summary(const GetAccountSummaryInput&,
                                                    const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  const identity::AccountInfo& info = account->info;
  std::size_t root_keys = 0;
  for (const std::string& id : info.root_access_keys) {
    const identity::AccessKey* key = call.state.access_key(id);
    root_keys += key && !key->from_flag ? 1u : 0u;
  }
  std::size_t versions = 0;
  for (const auto& policy : account->policies) versions += policy->versions.size();

  GetAccountSummaryOutput out;
  auto& map = out.summary_map.emplace();
  const auto set = [&](const char* name, std::size_t value) {
    map[name] = static_cast<std::int32_t>(value);
  };
  set("Users", count(account->users, [](const identity::User& u) { return !u.from_flag; }));
  set("Groups", account->groups.size());
  set("Roles", account->roles.size());
  set("Policies", account->policies.size());
  set("PolicyVersionsInUse", versions);
  set("InstanceProfiles", account->instance_profiles.size());
  set("MFADevices", account->mfa_devices.size());
  set("MFADevicesInUse", count(account->mfa_devices,
                               [](const identity::MfaDevice& d) { return d.enabled.has_value(); }));
  set("AccountMFAEnabled", info.root_mfa_devices.empty() ? 0 : 1);
  set("AccountAccessKeysPresent", root_keys > 0 ? 1 : 0);
  set("AccountPasswordPresent", 0);
  set("AccountSigningCertificatesPresent", 0);
  set("Providers", 0);
  set("ServerCertificates", 0);

  set("UsersQuota", kUsersPerAccountMax);
  set("GroupsQuota", kGroupsPerAccountMax);
  set("RolesQuota", kRolesPerAccountMax);
  set("PoliciesQuota", kPoliciesPerAccountMax);
  set("InstanceProfilesQuota", kInstanceProfilesPerAccountMax);
  set("GroupsPerUserQuota", kGroupsPerUserMax);
  set("AccessKeysPerUserQuota", kAccessKeysPerUserMax);
  set("VersionsPerPolicyQuota", kVersionsPerPolicyMax);
  set("AttachedPoliciesPerUserQuota", kAttachedPoliciesMax);
  set("AttachedPoliciesPerGroupQuota", kAttachedPoliciesMax);
  set("AttachedPoliciesPerRoleQuota", kAttachedPoliciesMax);
  set("UserPolicySizeQuota", policy::kUserInlineCharactersMax);
  set("GroupPolicySizeQuota", policy::kGroupInlineCharactersMax);
  set("RolePolicySizeQuota", policy::kRoleInlineCharactersMax);
  set("AssumeRolePolicySizeQuota", policy::kTrustPolicyCharactersMax);
  set("PolicySizeQuota", policy::kManagedPolicyCharactersMax);
  // AWS's figures for what this server does not hold, or does not bound.
  set("PolicyVersionsInUseQuota", 10'000);
  set("ServerCertificatesQuota", 20);
  set("SigningCertificatesPerUserQuota", 2);
  set("GlobalEndpointTokenVersion", 1);
  return out;
}

}  // namespace rolecall::iam
