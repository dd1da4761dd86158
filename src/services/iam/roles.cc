// Roles: what they are, whom they trust.
#include <fmt/format.h>

#include "identity/ids.h"
#include "services/iam/boundary_rules.h"
#include "services/iam/documents.h"
#include "services/iam/limits.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "services/iam/profiles_of.h"
#include "services/iam/shapes.h"
#include "services/iam/tag_rules.h"

namespace rolecall::iam {

Result<Change<CreateRoleOutput>> create_role(const CreateRoleInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  identity::Role role;
  role.name = in.role_name;
  role.path = in.path.value_or("/");
  if (is_protected(role)) {
    return ApiError::invalid_input(
        fmt::format("The path {} is reserved for roles that services create.", role.path));
  }
  RC_TRY(role.trust, make_trust(call, in.assume_role_policy_document));
  if (account->roles.contains(in.role_name)) {
    return ApiError::entity_already_exists(
        fmt::format("Role with name {} already exists.", in.role_name));
  }
  if (account->roles.size() >= kRolesPerAccountMax) {
    return quota_exceeded("RolesPerAccount", kRolesPerAccountMax);
  }
  role.arn = entity_arn(call, "role", role.path, role.name);
  role.id = identity::make_unique_id(identity::kRoleIdPrefix, call.random);
  role.created = call.now.truncated_to_seconds();
  role.description = in.description.value_or("");
  role.has_description = in.description.has_value();
  role.max_session_seconds = in.max_session_duration.value_or(3600);
  RC_TRY(role.tags, checked_tags(list_of(in.tags)));
  if (in.permissions_boundary) {
    RC_TRY(role.boundary, checked_boundary(call, *in.permissions_boundary));
  }
  Change<CreateRoleOutput> change;
  // AWS answers neither MaxSessionDuration nor RoleLastUsed here.
  change.output.role = to_role(call, role);
  change.output.role.permissions_boundary = to_boundary(role.boundary);
  set_if_any(change.output.role.tags, to_tags(role.tags));
  put(change.events, call, std::move(role));
  return change;
}

Result<GetRoleOutput> get_role(const GetRoleInput& in, const Call& call) {
  RC_TRY(const identity::Role* role, role_named(call, in.role_name));
  return GetRoleOutput{.role = to_full_role(call, *role)};
}

Result<ListRolesOutput> list_roles(const ListRolesInput& in, const Call& call) {
  RC_TRY(const Page page, page_of(in));
  RC_TRY(const identity::Account* account, account_of(call));
  ListRolesOutput out;
  end_page(
      out,
      walk(
          account->roles, page,
          [&](const identity::Role& role) { return under_path(role.path, in.path_prefix); },
          [&](const identity::Role& role) { out.roles.push_back(to_listed_role(call, role)); }));
  return out;
}

Result<Change<UpdateRoleOutput>> update_role(const UpdateRoleInput& in, const Call& call) {
  RC_TRY(const identity::Role* role, changeable_role(call, in.role_name));
  identity::Role changed = *role;
  if (in.description) {
    changed.description = *in.description;
    changed.has_description = true;
  }
  if (in.max_session_duration) changed.max_session_seconds = *in.max_session_duration;
  Change<UpdateRoleOutput> change;
  put(change.events, call, std::move(changed));
  return change;
}

Result<Change<UpdateRoleDescriptionOutput>> update_role_description(
    const UpdateRoleDescriptionInput& in, const Call& call) {
  RC_TRY(const identity::Role* role, role_named(call, in.role_name));
  identity::Role changed = *role;
  changed.description = in.description;
  changed.has_description = true;
  Change<UpdateRoleDescriptionOutput> change;
  change.output.role = to_listed_role(call, changed);
  put(change.events, call, std::move(changed));
  return change;
}

Result<Change<UpdateAssumeRolePolicyOutput>> update_assume_role_policy(
    const UpdateAssumeRolePolicyInput& in, const Call& call) {
  RC_TRY(const identity::Role* role, changeable_role(call, in.role_name));
  identity::Role changed = *role;
  RC_TRY(changed.trust, make_trust(call, in.policy_document));
  Change<UpdateAssumeRolePolicyOutput> change;
  put(change.events, call, std::move(changed));
  return change;
}

Result<Change<DeleteRoleOutput>> delete_role(const DeleteRoleInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  RC_TRY(const identity::Role* role, changeable_role(call, in.role_name));
  const auto conflict = [](std::string_view what) {
    return ApiError::delete_conflict(fmt::format("Cannot delete entity, must {} first.", what));
  };
  if (!profiles_of(*account, *role).empty()) return conflict("remove roles from instance profile");
  if (!role->grants.inline_policies.empty()) return conflict("delete policies");
  if (!role->grants.attached.empty()) return conflict("detach all policies");
  Change<DeleteRoleOutput> change;
  erase(change.events, call, *role);
  return change;
}

}  // namespace rolecall::iam
