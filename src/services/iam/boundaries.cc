// Put and Delete of permissions boundaries of users and roles.
#include <fmt/format.h>

#include "services/iam/boundary_rules.h"
#include "services/iam/operations.h"

namespace rolecall::iam {

Result<std::string> checked_boundary(const Call& call, const std::string& arn) {
  RC_TRY(Managed policy, find_managed(call, arn));
  if (!policy) {
    return ApiError::no_such_entity(
        fmt::format("Scope ARN: {} does not exist or is not attachable.", arn));
  }
  return arn_of(call, policy);
}

namespace {

template <class Out, class T>
Change<Out> with_boundary(const Call& call, T entity, std::string boundary) {
  Change<Out> change;
  if (entity.boundary == boundary) return change;
  entity.boundary = std::move(boundary);
  put(change.events, call, std::move(entity));
  return change;
}

// AWS answers the removal of a boundary that is not there like this.
template <class T>
Status demand_boundary(const T& entity, std::string_view kind) {
  if (!entity.boundary.empty()) return {};
  return ApiError::no_such_entity(
      fmt::format("Permissions boundary not found for {}: {}", kind, entity.name));
}

}  // namespace

Result<Change<PutUserPermissionsBoundaryOutput>> put_user_permissions_boundary(
    const PutUserPermissionsBoundaryInput& in, const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  RC_TRY(std::string boundary, checked_boundary(call, in.permissions_boundary));
  return with_boundary<PutUserPermissionsBoundaryOutput>(call, *user, std::move(boundary));
}

Result<Change<DeleteUserPermissionsBoundaryOutput>> delete_user_permissions_boundary(
    const DeleteUserPermissionsBoundaryInput& in, const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  RC_CHECK(demand_boundary(*user, "user"));
  return with_boundary<DeleteUserPermissionsBoundaryOutput>(call, *user, "");
}

Result<Change<PutRolePermissionsBoundaryOutput>> put_role_permissions_boundary(
    const PutRolePermissionsBoundaryInput& in, const Call& call) {
  RC_TRY(const identity::Role* role, changeable_role(call, in.role_name));
  RC_TRY(std::string boundary, checked_boundary(call, in.permissions_boundary));
  return with_boundary<PutRolePermissionsBoundaryOutput>(call, *role, std::move(boundary));
}

Result<Change<DeleteRolePermissionsBoundaryOutput>> delete_role_permissions_boundary(
    const DeleteRolePermissionsBoundaryInput& in, const Call& call) {
  RC_TRY(const identity::Role* role, changeable_role(call, in.role_name));
  RC_CHECK(demand_boundary(*role, "role"));
  return with_boundary<DeleteRolePermissionsBoundaryOutput>(call, *role, "");
}

}  // namespace rolecall::iam
