#include "services/iam/shapes.h"

#include <fmt/format.h>

#include "identity/last_used.h"
#include "services/iam/documents.h"

namespace rolecall::iam {

std::vector<Tag> to_tags(const identity::Tags& tags) {
  std::vector<Tag> out;
  out.reserve(tags.size());
  for (const identity::Tag& tag : tags) out.push_back({.key = tag.key, .value = tag.value});
  return out;
}

std::optional<AttachedPermissionsBoundary> to_boundary(std::string_view arn) {
  if (arn.empty()) return std::nullopt;
  // The service model's enum says PermissionsBoundaryPolicy; AWS answers Policy.
  return AttachedPermissionsBoundary{.permissions_boundary_type = "Policy",
                                     .permissions_boundary_arn = std::string(arn)};
}

User to_user(const identity::User& user) {
  User out;
  out.path = user.path;
  out.user_name = user.name;
  out.user_id = user.id;
  out.arn = user.arn;
  out.create_date = user.created;
  out.password_last_used = user.password_last_used;
  return out;
}

User to_full_user(const identity::User& user) {
  User out = to_user(user);
  out.permissions_boundary = to_boundary(user.boundary);
  set_if_any(out.tags, to_tags(user.tags));
  return out;
}

User to_root_user(const Call& call, const identity::Account& account) {
  User out;
  out.user_id = call.account.text();
  out.arn = fmt::format("arn:{}:iam::{}:root", call.partition, call.account.text());
  out.create_date = account.info.created;
  return out;
}

Group to_group(const identity::Group& group) {
  Group out;
  out.path = group.path;
  out.group_name = group.name;
  out.group_id = group.id;
  out.arn = group.arn;
  out.create_date = group.created;
  return out;
}

Role to_role(const Call& call, const identity::Role& role) {
  Role out;
  out.path = role.path;
  out.role_name = role.name;
  out.role_id = role.id;
  out.arn = role.arn;
  out.create_date = role.created;
  out.assume_role_policy_document = encoded_trust(call.state, *role.trust);
  if (role.has_description) out.description = role.description;
  return out;
}

Role to_listed_role(const Call& call, const identity::Role& role) {
  Role out = to_role(call, role);
  out.max_session_duration = role.max_session_seconds;
  return out;
}

RoleLastUsed role_last_used(const Call& call, const identity::Role& role) {
  RoleLastUsed out;
  if (const auto use = call.last_used ? call.last_used->find(role.id) : std::nullopt) {
    out.last_used_date = use->at.truncated_to_seconds();
    out.region = use->region;
  }
  return out;
}

Role to_full_role(const Call& call, const identity::Role& role) {
  Role out = to_listed_role(call, role);
  out.permissions_boundary = to_boundary(role.boundary);
  set_if_any(out.tags, to_tags(role.tags));
  out.role_last_used = role_last_used(call, role);
  return out;
}

InstanceProfile to_profile(const Call& call, const identity::InstanceProfile& profile) {
  InstanceProfile out;
  out.path = profile.path;
  out.instance_profile_name = profile.name;
  out.instance_profile_id = profile.id;
  out.arn = profile.arn;
  out.create_date = profile.created;
  if (const identity::Account* account = call.state.account(call.account)) {
    if (const identity::Role* role = account->roles.find(profile.role_name);
        role && !profile.role_name.empty()) {
      out.roles.push_back(to_role(call, *role));
    }
  }
  return out;
}

InstanceProfile to_full_profile(const Call& call, const identity::InstanceProfile& profile) {
  InstanceProfile out = to_profile(call, profile);
  set_if_any(out.tags, to_tags(profile.tags));
  return out;
}

identity::PolicyUsage usage_of(const identity::Account& account, std::string_view arn) {
  const identity::PolicyUsage* usage = account.policy_usage.find(arn);
  return usage ? *usage : identity::PolicyUsage{};
}

std::string version_id(std::int32_t number) { return fmt::format("v{}", number); }

Policy to_policy(const Call& call, const identity::Account& account, const Managed& policy) {
  Policy out;
  out.policy_name = std::string(policy.name());
  out.path = std::string(policy.path());
  out.arn = arn_of(call, policy);
  const identity::PolicyUsage usage = usage_of(account, *out.arn);
  out.attachment_count = static_cast<std::int32_t>(usage.attachments);
  out.permissions_boundary_usage_count = static_cast<std::int32_t>(usage.boundaries);
  out.is_attachable = true;
  if (policy.own) {
    out.policy_id = policy.own->id;
    out.default_version_id = version_id(policy.own->default_version);
    out.create_date = policy.own->created;
    out.update_date = policy.own->updated;
  } else {
    out.policy_id = policy.aws->id;
    out.default_version_id = policy.aws->default_version_id;
    out.create_date = policy.aws->created;
    out.update_date = policy.aws->updated;
  }
  return out;
}

Policy to_full_policy(const Call& call, const identity::Account& account, const Managed& policy) {
  Policy out = to_policy(call, account, policy);
  if (policy.own) {
    if (!policy.own->description.empty()) out.description = policy.own->description;
    set_if_any(out.tags, to_tags(policy.own->tags));
  }
  return out;
}

AttachedPolicy to_attached(std::string_view arn) {
  return AttachedPolicy{.policy_name = std::string(policy_name_of(arn)),
                        .policy_arn = std::string(arn)};
}

}  // namespace rolecall::iam
