// Instance profiles: each holds one role for EC2 to hand to an instance.
#include <fmt/format.h>

#include "base/encoding.h"
#include "identity/ids.h"
#include "services/iam/limits.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "services/iam/profiles_of.h"
#include "services/iam/shapes.h"
#include "services/iam/tag_rules.h"

namespace rolecall::iam {

std::vector<const identity::InstanceProfile*> profiles_of(const identity::Account& account,
                                                          const identity::Role& role) {
  std::vector<const identity::InstanceProfile*> found;
  for (const auto& profile : account.instance_profiles) {
    if (equal_ignoring_case(profile->role_name, role.name)) found.push_back(profile.get());
  }
  return found;
}

Result<Change<CreateInstanceProfileOutput>> create_instance_profile(
    const CreateInstanceProfileInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  if (account->instance_profiles.contains(in.instance_profile_name)) {
    return ApiError::entity_already_exists(
        fmt::format("Instance Profile {} already exists.", in.instance_profile_name));
  }
  if (account->instance_profiles.size() >= kInstanceProfilesPerAccountMax) {
    return quota_exceeded("InstanceProfilesPerAccount", kInstanceProfilesPerAccountMax);
  }
  identity::InstanceProfile profile;
  profile.name = in.instance_profile_name;
  profile.path = in.path.value_or("/");
  profile.arn = entity_arn(call, "instance-profile", profile.path, profile.name);
  profile.id = identity::make_unique_id(identity::kInstanceProfileIdPrefix, call.random);
  profile.created = call.now.truncated_to_seconds();
  RC_TRY(profile.tags, checked_tags(list_of(in.tags)));
  Change<CreateInstanceProfileOutput> change;
  change.output.instance_profile = to_full_profile(call, profile);
  put(change.events, call, std::move(profile));
  return change;
}

Result<GetInstanceProfileOutput> get_instance_profile(const GetInstanceProfileInput& in,
                                                      const Call& call) {
  RC_TRY(const identity::InstanceProfile* profile, profile_named(call, in.instance_profile_name));
  return GetInstanceProfileOutput{.instance_profile = to_full_profile(call, *profile)};
}

Result<ListInstanceProfilesOutput> list_instance_profiles(const ListInstanceProfilesInput& in,
                                                          const Call& call) {
  RC_TRY(const Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  ListInstanceProfilesOutput out;
  end_page(out, walk(
                    account->instance_profiles, page,
                    [&](const identity::InstanceProfile& profile) {
                      return under_path(profile.path, in.path_prefix);
                    },
                    [&](const identity::InstanceProfile& profile) {
                      out.instance_profiles.push_back(to_profile(call, profile));
                    }));
  return out;
}

Result<ListInstanceProfilesForRoleOutput> list_instance_profiles_for_role(
    const ListInstanceProfilesForRoleInput& in, const Call& call) {
  RC_TRY(const Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const identity::Role* role, role_named(call, in.role_name));
  ListInstanceProfilesForRoleOutput out;
  end_page(out, walk_list(
                    profiles_of(*account, *role), page,
                    [](const identity::InstanceProfile* profile) { return profile->key(); },
                    [&](const identity::InstanceProfile* profile) {
                      out.instance_profiles.push_back(to_profile(call, *profile));
                    }));
  return out;
}

Result<Change<DeleteInstanceProfileOutput>> delete_instance_profile(
    const DeleteInstanceProfileInput& in, const Call& call) {
  RC_TRY(const identity::InstanceProfile* profile, profile_named(call, in.instance_profile_name));
  if (!profile->role_name.empty()) {
    return ApiError::delete_conflict(
        "Cannot delete entity, must remove roles from instance profile first.");
  }
  Change<DeleteInstanceProfileOutput> change;
  erase(change.events, call, *profile);
  return change;
}

Result<Change<AddRoleToInstanceProfileOutput>> add_role_to_instance_profile(
    const AddRoleToInstanceProfileInput& in, const Call& call) {
  RC_TRY(const identity::InstanceProfile* profile, profile_named(call, in.instance_profile_name));
  RC_TRY(const identity::Role* role, changeable_role(call, in.role_name));
  if (!profile->role_name.empty()) {
    return quota_exceeded("InstanceSessionsPerInstanceProfile", kRolesPerInstanceProfile);
  }
  identity::InstanceProfile changed = *profile;
  changed.role_name = role->name;
  Change<AddRoleToInstanceProfileOutput> change;
  put(change.events, call, std::move(changed));
  return change;
}

Result<Change<RemoveRoleFromInstanceProfileOutput>> remove_role_from_instance_profile(
    const RemoveRoleFromInstanceProfileInput& in, const Call& call) {
  RC_TRY(const identity::InstanceProfile* profile, profile_named(call, in.instance_profile_name));
  if (!equal_ignoring_case(profile->role_name, in.role_name)) {
    return no_such("role", in.role_name);
  }
  identity::InstanceProfile changed = *profile;
  changed.role_name.clear();
  Change<RemoveRoleFromInstanceProfileOutput> change;
  put(change.events, call, std::move(changed));
  return change;
}

}  // namespace rolecall::iam
