// Roles that belong to a service: AWS makes their name, trust and policy, and only they can be
// changed through the service ("Using service-linked roles").
#include <fmt/format.h>

#include "identity/ids.h"
#include "services/iam/documents.h"
#include "services/iam/operations.h"
#include "services/iam/service_linked_role_table.h"
#include "services/iam/shapes.h"

namespace rolecall::iam {
namespace {

constexpr std::string_view kServiceRolePath = "/aws-service-role/";
constexpr std::string_view kTaskPrefix = "task/aws-service-role/";

ApiError suffix_refused(std::string_view service) {
  return ApiError::invalid_input(fmt::format("Custom suffix is not allowed for {}", service));
}

}  // namespace

Result<Change<CreateServiceLinkedRoleOutput>> create_service_linked_role(
    const CreateServiceLinkedRoleInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  const ServiceRole* service = find_service_role(in.aws_service_name);
  if (!service && in.custom_suffix) return suffix_refused(in.aws_service_name);
  if (!service) {
    return ApiError::invalid_input(fmt::format(
        "Service role cannot be created for {}: no such service is known.", in.aws_service_name));
  }
  if (in.custom_suffix && !service->suffix_allowed) return suffix_refused(in.aws_service_name);
  identity::Role role;
  role.name = service->role;
  if (in.custom_suffix) role.name += "_" + *in.custom_suffix;
  if (account->roles.contains(role.name)) {
    return ApiError::invalid_input(fmt::format(
        "Service role name {} has been taken in this account, please try a different suffix.",
        role.name));
  }
  role.path = fmt::format("{}{}/", kServiceRolePath, in.aws_service_name);
  role.arn = entity_arn(call, "role", role.path, role.name);
  role.id = identity::make_unique_id(identity::kRoleIdPrefix, call.random);
  role.created = call.now.truncated_to_seconds();
  role.description = in.description.value_or("");
  role.has_description = in.description.has_value();
  role.trust = identity::make_policy(
      fmt::format(R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":)"
                  R"({{"Service":"{}"}},"Action":"sts:AssumeRole"}}]}})",
                  in.aws_service_name),
      policy::Kind::trust);
  role.grants.attached.push_back(
      fmt::format("arn:{}:iam::aws:policy{}{}", call.partition, kServiceRolePath, service->policy));
  Change<CreateServiceLinkedRoleOutput> change;
  change.output.role = to_role(call, role);
  put(change.events, call, std::move(role));
  return change;
}

// The role is gone at once: no service here uses it. The task only says so.
Result<Change<DeleteServiceLinkedRoleOutput>> delete_service_linked_role(
    const DeleteServiceLinkedRoleInput& in, const Call& call) {
  RC_TRY(const identity::Role* role, role_named(call, in.role_name));
  if (!role->path.starts_with(kServiceRolePath)) {
    return ApiError::invalid_input(
        fmt::format("The role {} is not a service-linked role.", role->name));
  }
  const std::string_view service = std::string_view(role->path).substr(kServiceRolePath.size());
  Change<DeleteServiceLinkedRoleOutput> change;
  change.output.deletion_task_id =
      fmt::format("{}{}{}/{}", kTaskPrefix, service, role->name, call.random.uuid());
  erase(change.events, call, *role);
  return change;
}

Result<GetServiceLinkedRoleDeletionStatusOutput> get_service_linked_role_deletion_status(
    const GetServiceLinkedRoleDeletionStatusInput& in, const Call& call) {
  RC_TRY(const identity::Account* account, account_of(call));
  const std::string_view id = in.deletion_task_id;
  const std::size_t end = id.rfind('/');
  if (!id.starts_with(kTaskPrefix) || end < kTaskPrefix.size()) {
    return ApiError::invalid_input(fmt::format("The deletion task id {} is not valid.", id));
  }
  const std::string_view role = id.substr(0, end).substr(id.substr(0, end).rfind('/') + 1);
  // Every task that was given out has succeeded; a role that is there has no task.
  if (role.empty() || account->roles.contains(role)) {
    return ApiError::no_such_entity(fmt::format("The deletion task {} cannot be found.", id));
  }
  return GetServiceLinkedRoleDeletionStatusOutput{.status = "SUCCEEDED"};
}

}  // namespace rolecall::iam
