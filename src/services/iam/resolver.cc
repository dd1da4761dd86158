// What the resource types of models/iam.auth.json mean ("Actions, resources, and condition keys for
// AWS Identity and Access Management").
#include "services/iam/directory.h"
#include "services/iam/service.h"

namespace rolecall::services {
namespace {

using iam::entity_arn;

// The i-th text found at the fact's paths, or nothing when the call left it out.
std::optional<std::string> text_at(std::span<const std::string> id, std::size_t i) {
  if (i >= id.size() || id[i].empty()) return std::nullopt;
  return id[i];
}

// "new-user": ids are the name and, when it was given, the path.
ResolvedResource to_be_created(const Call& call, std::string_view type,
                               std::span<const std::string> id) {
  ResolvedResource out;
  out.arn = entity_arn(call, type, text_at(id, 1).value_or("/"), text_at(id, 0).value_or(""));
  return out;
}

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

const identity::Account* account_of(const Call& call) { return call.state.account(call.account); }

ResolvedResource user_resource(const Call& call, const identity::User* user,
                               std::string_view name) {
  return found_or_named(call, user, "user", name);
}

const identity::User* find_user(const Call& call, std::string_view name) {
  const identity::Account* account = account_of(call);
  return account ? account->users.find(name) : nullptr;
}

const identity::Role* find_role(const Call& call, std::string_view name) {
  const identity::Account* account = account_of(call);
  return account ? account->roles.find(name) : nullptr;
}

// UserName, or the caller when it was left out.
ResolvedResource self_or_user(const Call& call, std::span<const std::string> id) {
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

ResolvedResource policy_resource(const Call& call, const std::string& arn) {
  ResolvedResource out;
  out.arn = arn;
  if (const auto found = iam::find_managed(call, arn); found && found->own) {
    out.tags = &found->own->tags;
  }
  return out;
}

ResolvedResource mfa_resource(const Call& call, const std::string& serial) {
  ResolvedResource out;
  out.arn = serial;
  const identity::Account* account = account_of(call);
  if (const auto* device = account ? account->mfa_devices.find(serial) : nullptr) {
    out.tags = &device->tags;
  }
  return out;
}

// A user, group or role by ARN: simulation.
ResolvedResource principal_resource(const Call& call, const std::string& arn) {
  ResolvedResource out;
  out.arn = arn;
  const auto parsed = ArnView::parse(arn);
  if (!parsed || parsed->account != call.account.text()) return out;
  if (parsed->resource.starts_with("user/")) {
    if (const auto* user = find_user(call, parsed->resource_name())) out.tags = &user->tags;
  } else if (parsed->resource.starts_with("role/")) {
    if (const auto* role = find_role(call, parsed->resource_name())) out.tags = &role->tags;
  }
  return out;
}

// The user who has an access key; of keys that are not there or not ours, nobody.
ResolvedResource access_key_resource(const Call& call, const std::string& key_id) {
  const identity::AccessKey* key = call.state.access_key(key_id);
  if (!key || key->account != call.account) return {};
  if (key->user_name.empty()) {
    ResolvedResource root;
    root.arn = make_arn(call.partition, "iam", "", call.account, "root");
    return root;
  }
  return user_resource(call, find_user(call, key->user_name), key->user_name);
}

// "task/aws-service-role/SERVICE/ROLE/UUID" → the role it deleted.
ResolvedResource deletion_task_resource(const Call& call, std::string_view task) {
  ResolvedResource out;
  if (!task.starts_with("task/")) return out;
  task.remove_prefix(5);
  out.arn = make_arn(call.partition, "iam", "", call.account,
                     "role/" + std::string(task.substr(0, task.rfind('/'))));
  return out;
}

Result<ResolvedResource> resolve(std::string_view type, std::span<const std::string> id,
                                 const Call& call) {
  const std::string first = text_at(id, 0).value_or("");
  const identity::Account* account = account_of(call);
  if (type == "*" || !account) return ResolvedResource{};
  if (type == "user" || type == "self-or-user" || type == "tagged-user")
    return self_or_user(call, id);
  if (type == "bounded-user") {
    const identity::User* user = find_user(call, first);
    ResolvedResource out = user_resource(call, user, first);
    add_boundary(out, user);
    return out;
  }
  if (type == "role" || type == "tagged-role")
    return found_or_named(call, find_role(call, first), "role", first);
  if (type == "bounded-role") {
    const identity::Role* role = find_role(call, first);
    ResolvedResource out = found_or_named(call, role, "role", first);
    add_boundary(out, role);
    return out;
  }
  if (type == "service-linked-role") {
    const identity::Role* role = find_role(call, first);
    ResolvedResource out = found_or_named(call, role, "role", first);
    constexpr std::string_view kPath = "/aws-service-role/";
    if (role && role->path.starts_with(kPath)) {
      const std::string service =
          role->path.substr(kPath.size(), role->path.size() - kPath.size() - 1);
      out.keys.emplace_back("iam:AWSServiceName", std::vector{service});
    }
    return out;
  }
  // Rule 245: an instance profile hands its role to EC2.
  if (type == "role-passed-to-ec2") {
    ResolvedResource out = found_or_named(call, find_role(call, first), "role", first);
    out.keys.emplace_back("iam:PassedToService", std::vector<std::string>{"ec2.amazonaws.com"});
    return out;
  }
  if (type == "group") {
    return found_or_named(call, account->groups.find(first), "group", first);
  }
  if (type == "instance-profile") {
    return found_or_named(call, account->instance_profiles.find(first), "instance-profile", first);
  }
  if (type == "policy") return policy_resource(call, first);
  if (type == "mfa") return mfa_resource(call, first);
  if (type == "principal") return principal_resource(call, first);
  if (type == "access-key") return access_key_resource(call, first);
  if (type == "deletion-task") return deletion_task_resource(call, first);
  if (type == "new-service-linked-role") {
    ResolvedResource out;
    out.arn =
        make_arn(call.partition, "iam", "", call.account, "role/aws-service-role/" + first + "/*");
    return out;
  }
  if (type.ends_with("-list")) return ResolvedResource{};  // Rule 248: asked for "*"
  constexpr std::string_view kNew = "new-";
  if (type.starts_with(kNew)) return to_be_created(call, type.substr(kNew.size()), id);
  return fault("iam: authorization facts name the unknown resource type " + std::string(type));
}

// IAM's refusals name what exists by kind and name, not by ARN: "… is not authorized to perform:
// iam:GetRole on resource: role ops". Calls that create, tag or pass print ARNs (but CreatePolicy a
// name), lists the path they were asked for. All of it seen in public error reports.
std::string shown(std::string_view type, std::span<const std::string> id, const Call& call) {
  const std::string first = text_at(id, 0).value_or("");
  if (type == "user" || type == "self-or-user" || type == "bounded-user") {
    if (!first.empty()) return "user " + first;
    return call.caller.user ? "user " + call.caller.user->name : "";
  }
  if (type == "role" || type == "bounded-role" || type == "service-linked-role") {
    return "role " + first;
  }
  if (type == "group") return "group " + first;
  if (type == "instance-profile") return "instance profile " + first;
  if (type == "policy" || type == "new-policy") return "policy " + first;
  const std::string path = first.empty() ? "/" : first;
  if (type == "policy-list") return "policy path " + path;
  constexpr std::string_view kList = "-list";
  if (type.ends_with(kList)) {
    return entity_arn(call, type.substr(0, type.size() - kList.size()), path, "");
  }
  return "";
}

}  // namespace

Result<ResolvedResource> iam_resolve(std::string_view type, std::span<const std::string> id,
                                     const Call& call) {
  RC_TRY(ResolvedResource out, resolve(type, id, call));
  out.shown = shown(type, id, call);
  return out;
}

}  // namespace rolecall::services
