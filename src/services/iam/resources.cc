// What the resource types of models/iam.auth.json mean ("Actions, resources, and condition keys for
// AWS Identity and Access Management").
#include "models/iam.h"
#include "services/iam/directory.h"
#include "services/iam/module.h"

namespace rolecall::iam {
namespace {

using services::ResolvedResource;
using services::ResourceType;
using Id = std::span<const std::string>;

// The i-th text found at the fact's paths, or nothing when the call left it out.
std::optional<std::string> text_at(Id id, std::size_t i) {
  if (i >= id.size() || id[i].empty()) return std::nullopt;
  return id[i];
}

std::string first(Id id) { return text_at(id, 0).value_or(""); }

template <class Entity>
ResolvedResource found_or_named(const Call& call, const Entity* entity, std::string_view type,
                                std::string_view name) {
  ResolvedResource out;
  out.arn = entity ? entity->arn : entity_arn(call, type, "/", name);
  if constexpr (requires { entity->tags; }) {
    if (entity) out.tags = &entity->tags;
  }
  return out;
}

const identity::Account* own_account(const Call& call) { return call.state.account(call.account); }

ResolvedResource user_resource(const Call& call, const identity::User* user,
                               std::string_view name) {
  return found_or_named(call, user, "user", name);
}

const identity::User* find_user(const Call& call, std::string_view name) {
  const identity::Account* account = own_account(call);
  return account ? account->users.find(name) : nullptr;
}

const identity::Role* find_role(const Call& call, std::string_view name) {
  const identity::Account* account = own_account(call);
  return account ? account->roles.find(name) : nullptr;
}

// UserName, or the caller when it was left out.
Result<ResolvedResource> self_or_user(Id id, const Call& call) {
  if (const auto name = text_at(id, 0)) return user_resource(call, find_user(call, *name), *name);
  ResolvedResource out;
  if (call.caller.kind == identity::CallerKind::user && call.caller.user) {
    out.arn = call.caller.user->arn;
    out.tags = &call.caller.user->tags;
  } else if (call.caller.kind == identity::CallerKind::root) {
    out.arn = call.caller.arn;
  }
  return out;
}

// iam:PermissionsBoundary of calls that change what a principal may do: the boundary it has
// ("IAM and AWS STS condition context keys").
template <class Entity>
void add_boundary(ResolvedResource& resource, const Entity* entity) {
  if (entity && !entity->boundary.empty()) {
    resource.keys.emplace_back("iam:PermissionsBoundary", std::vector{entity->boundary});
  }
}

Result<ResolvedResource> policy_resource(Id id, const Call& call) {
  ResolvedResource out;
  out.arn = first(id);
  if (const auto found = find_managed(call, out.arn); found && found->own) {
    out.tags = &found->own->tags;
  }
  return out;
}

Result<ResolvedResource> mfa_resource(Id id, const Call& call) {
  ResolvedResource out;
  out.arn = first(id);
  const identity::Account* account = own_account(call);
  if (const auto* device = account ? account->mfa_devices.find(out.arn) : nullptr) {
    out.tags = &device->tags;
  }
  return out;
}

// A user, group or role by ARN: simulation.
Result<ResolvedResource> principal_resource(Id id, const Call& call) {
  ResolvedResource out;
  out.arn = first(id);
  const auto parsed = ArnView::parse(out.arn);
  if (!parsed || parsed->account != call.account.text()) return out;
  if (parsed->resource.starts_with("user/")) {
    const auto* user = find_user(call, parsed->resource_name());
    if (user != nullptr && user->arn == out.arn) out.tags = &user->tags;
  } else if (parsed->resource.starts_with("role/")) {
    const auto* role = find_role(call, parsed->resource_name());
    if (role != nullptr && role->arn == out.arn) out.tags = &role->tags;
  }
  return out;
}

// The user who has an access key; of keys that are not there or not ours, nobody.
Result<ResolvedResource> access_key_resource(Id id, const Call& call) {
  const identity::AccessKey* key = call.state.access_key(first(id));
  if (!key || key->account != call.account) return ResolvedResource{};
  if (key->user_name.empty()) {
    ResolvedResource root;
    root.arn = make_arn(call.partition, "iam", "", call.account, "root");
    return root;
  }
  return user_resource(call, find_user(call, key->user_name), key->user_name);
}

// "task/aws-service-role/SERVICE/ROLE/UUID" → the role it deleted.
Result<ResolvedResource> deletion_task_resource(Id id, const Call& call) {
  ResolvedResource out;
  const std::string text = first(id);
  std::string_view task = text;
  if (!task.starts_with("task/")) return out;
  task.remove_prefix(5);
  out.arn = make_arn(call.partition, "iam", "", call.account,
                     "role/" + std::string(task.substr(0, task.rfind('/'))));
  return out;
}

Result<ResolvedResource> bounded_user(Id id, const Call& call) {
  const identity::User* user = find_user(call, first(id));
  ResolvedResource out = user_resource(call, user, first(id));
  add_boundary(out, user);
  return out;
}

Result<ResolvedResource> role_resource(Id id, const Call& call) {
  return found_or_named(call, find_role(call, first(id)), "role", first(id));
}

Result<ResolvedResource> bounded_role(Id id, const Call& call) {
  RC_TRY(ResolvedResource out, role_resource(id, call));
  add_boundary(out, find_role(call, first(id)));
  return out;
}

Result<ResolvedResource> service_linked_role(Id id, const Call& call) {
  RC_TRY(ResolvedResource out, role_resource(id, call));
  const identity::Role* role = find_role(call, first(id));
  constexpr std::string_view kPath = "/aws-service-role/";
  if (role && role->path.starts_with(kPath)) {
    const std::string service =
        role->path.substr(kPath.size(), role->path.size() - kPath.size() - 1);
    out.keys.emplace_back("iam:AWSServiceName", std::vector{service});
  }
  return out;
}

// Rule 245: an instance profile hands its role to EC2.
Result<ResolvedResource> role_passed_to_ec2(Id id, const Call& call) {
  RC_TRY(ResolvedResource out, role_resource(id, call));
  out.keys.emplace_back("iam:PassedToService", std::vector<std::string>{"ec2.amazonaws.com"});
  return out;
}

Result<ResolvedResource> group_resource(Id id, const Call& call) {
  const identity::Account* account = own_account(call);
  return found_or_named(call, account ? account->groups.find(first(id)) : nullptr, "group",
                        first(id));
}

// What UpdateUser and UpdateGroup make of it. Who may not touch the target may not become it (API
// reference: "permissions on both the source object and the target object"). Ids: the present name,
// the new name, the new path; what is left out stays.
template <class Entity>
ResolvedResource renamed(Id id, const Call& call, const Entity* entity, std::string_view type) {
  ResolvedResource out;
  const std::string path = text_at(id, 2).value_or(entity ? entity->path : "/");
  out.arn = entity_arn(call, type, path, text_at(id, 1).value_or(first(id)));
  if constexpr (requires { entity->tags; }) {
    if (entity) out.tags = &entity->tags;
  }
  return out;
}

Result<ResolvedResource> renamed_user(Id id, const Call& call) {
  return renamed(id, call, find_user(call, first(id)), "user");
}

Result<ResolvedResource> renamed_group(Id id, const Call& call) {
  const identity::Account* account = own_account(call);
  return renamed(id, call, account ? account->groups.find(first(id)) : nullptr, "group");
}

Result<ResolvedResource> instance_profile(Id id, const Call& call) {
  const identity::Account* account = own_account(call);
  return found_or_named(call, account ? account->instance_profiles.find(first(id)) : nullptr,
                        "instance-profile", first(id));
}

Result<ResolvedResource> new_service_linked_role(Id id, const Call& call) {
  ResolvedResource out;
  out.arn = make_arn(call.partition, "iam", "", call.account,
                     "role/aws-service-role/" + first(id) + "/*");
  return out;
}

// A type of IAM's ARNs as a template argument.
struct Type {
  char text[24] = {};
  template <std::size_t N>
  consteval Type(const char (&given)[N]) {
    for (std::size_t i = 0; i < N; ++i) text[i] = given[i];
  }
};

// Ids are the name and, when it was given, the path.
template <Type type>
Result<ResolvedResource> to_be_created(Id id, const Call& call) {
  ResolvedResource out;
  out.arn = entity_arn(call, type.text, text_at(id, 1).value_or("/"), first(id));
  return out;
}

Result<ResolvedResource> list(Id, const Call&) { return ResolvedResource{}; }  // Rule 248: "*"

// IAM's refusals name what exists by kind and name, not by ARN: "… is not authorized to perform:
// iam:GetRole on resource: role ops". Calls that create, tag or pass print ARNs (but CreatePolicy a
// name), lists the path they were asked for. All of it seen in public error reports.
template <Type kind>
std::string named(Id id, const Call&) {
  return std::string(kind.text) + " " + first(id);
}

std::string named_user(Id id, const Call& call) {
  if (const auto name = text_at(id, 0)) return "user " + *name;
  return call.caller.user ? "user " + call.caller.user->name : "";
}

std::string policy_path(Id id, const Call&) {
  return "policy path " + text_at(id, 0).value_or("/");
}

template <Type type>
std::string listed(Id id, const Call& call) {
  return entity_arn(call, type.text, text_at(id, 0).value_or("/"), "");
}

constexpr ResourceType kResources[] = {
    {"user", self_or_user, named_user},
    {"self-or-user", self_or_user, named_user},
    {"renamed-user", renamed_user},
    {"bounded-user", bounded_user, named_user},
    {"tagged-user", self_or_user},
    {"role", role_resource, named<"role">},
    {"bounded-role", bounded_role, named<"role">},
    {"service-linked-role", service_linked_role, named<"role">},
    {"tagged-role", role_resource},
    {"role-passed-to-ec2", role_passed_to_ec2},
    {"group", group_resource, named<"group">},
    {"renamed-group", renamed_group},
    {"instance-profile", instance_profile, named<"instance profile">},
    {"policy", policy_resource, named<"policy">},
    {"mfa", mfa_resource},
    {"principal", principal_resource},
    {"access-key", access_key_resource},
    {"deletion-task", deletion_task_resource},
    {"new-user", to_be_created<"user">},
    {"new-role", to_be_created<"role">},
    {"new-group", to_be_created<"group">},
    {"new-policy", to_be_created<"policy">, named<"policy">},
    {"new-instance-profile", to_be_created<"instance-profile">},
    {"new-mfa", to_be_created<"mfa">},
    {"new-service-linked-role", new_service_linked_role},
    {"user-list", list, listed<"user">},
    {"role-list", list, listed<"role">},
    {"group-list", list, listed<"group">},
    {"instance-profile-list", list, listed<"instance-profile">},
    {"policy-list", list, policy_path},
};

}  // namespace

services::Module module() {
  return {.model = &kService, .operations = bindings(), .resources = kResources};
}

}  // namespace rolecall::iam
