// Entities as the API shows them. Which members an answer carries depends on the operation; AWS's
// choice is taken from recorded answers (tests/vectors/iam).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/iam.h"
#include "services/iam/directory.h"

namespace rolecall::iam {

std::vector<Tag> to_tags(const identity::Tags& tags);
std::optional<AttachedPermissionsBoundary> to_boundary(std::string_view arn);

User to_user(const identity::User& user);       // as lists have it
User to_full_user(const identity::User& user);  // with boundary and tags
User to_root_user(const Call& call, const identity::Account& account);

Group to_group(const identity::Group& group);

Role to_role(const Call& call, const identity::Role& role);         // without durations, tags …
Role to_listed_role(const Call& call, const identity::Role& role);  // as ListRoles has it
Role to_full_role(const Call& call, const identity::Role& role);    // as GetRole has it

InstanceProfile to_profile(const Call& call, const identity::InstanceProfile& profile);
InstanceProfile to_full_profile(const Call& call, const identity::InstanceProfile& profile);

// Counts of use in the caller's account; zero for a policy that nobody uses.
identity::PolicyUsage usage_of(const identity::Account& account, std::string_view arn);
Policy to_policy(const Call& call, const identity::Account& account, const Managed& policy);
Policy to_full_policy(const Call& call, const identity::Account& account, const Managed& policy);
RoleLastUsed role_last_used(const Call& call, const identity::Role& role);  // empty: never
std::string version_id(std::int32_t number);

AttachedPolicy to_attached(std::string_view arn);

}  // namespace rolecall::iam
