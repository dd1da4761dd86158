// Managed policies attached to users, groups and roles.
#include <fmt/format.h>

#include "services/iam/limits.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace rolecall::iam {
namespace {

template <class Out, class Entity>
Result<Change<Out>> attach(const Call& call, const Entity& entity, const std::string& policy_arn,
                           std::string_view quota) {
  RC_TRY(const Managed policy, find_managed(call, policy_arn));
  if (!policy) {
    return ApiError::no_such_entity(
        fmt::format("Policy {} does not exist or is not attachable.", policy_arn));
  }
  if (policy.aws && policy.path().starts_with("/aws-service-role/")) {
    return ApiError::make(400, "PolicyNotAttachable",
                          "Cannot attach a Service Role Policy to a Customer Role.");
  }
  Change<Out> change;
  std::string arn = arn_of(call, policy);
  const auto& attached = entity.grants.attached;
  if (std::find(attached.begin(), attached.end(), arn) != attached.end()) return change;
  if (attached.size() >= kAttachedPoliciesMax) return quota_exceeded(quota, kAttachedPoliciesMax);
  Entity changed = entity;
  changed.grants.attached.push_back(std::move(arn));
  put(change.events, call, std::move(changed));
  return change;
}

template <class Out, class Entity>
Result<Change<Out>> detach(const Call& call, const Entity& entity, const std::string& policy_arn) {
  // For its refusal of what is no policy's ARN.
  if (auto policy = find_managed(call, policy_arn); !policy) return std::move(policy).error();
  Entity changed = entity;
  if (std::erase(changed.grants.attached, policy_arn) == 0) {
    return ApiError::no_such_entity(fmt::format("Policy {} was not found.", policy_arn));
  }
  Change<Out> change;
  put(change.events, call, std::move(changed));
  return change;
}

template <class Out, class In>
Result<Out> list_attached(const In& in, const identity::Grants& grants) {
  RC_TRY(const Page page, page_of(in));
  Out out;
  out.attached_policies.emplace();
  std::vector<std::string> wanted;
  for (const std::string& arn : grants.attached) {
    if (under_path(policy_path_of(arn), in.path_prefix)) wanted.push_back(arn);
  }
  // By name; the ARN behind it keeps an AWS and an own policy of one name apart.
  std::vector<std::string> keys;
  for (const std::string& arn : wanted)
    keys.push_back(std::string(policy_name_of(arn)) + " " + arn);
  end_page(out,
           walk_list(
               std::move(keys), page, [](const std::string& key) { return std::string_view(key); },
               [&](const std::string& key) {
                 out.attached_policies->push_back(to_attached(key.substr(key.find(' ') + 1)));
               }));
  return out;
}

}  // namespace

Result<Change<AttachUserPolicyOutput>> attach_user_policy(const AttachUserPolicyInput& in,
                                                          const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  return attach<AttachUserPolicyOutput>(call, *user, in.policy_arn, "PoliciesPerUser");
}

Result<Change<AttachGroupPolicyOutput>> attach_group_policy(const AttachGroupPolicyInput& in,
                                                            const Call& call) {
  RC_TRY(const identity::Group* group, group_named(call, in.group_name));
  return attach<AttachGroupPolicyOutput>(call, *group, in.policy_arn, "PoliciesPerGroup");
}

Result<Change<AttachRolePolicyOutput>> attach_role_policy(const AttachRolePolicyInput& in,
                                                          const Call& call) {
  RC_TRY(const identity::Role* role, changeable_role(call, in.role_name));
  return attach<AttachRolePolicyOutput>(call, *role, in.policy_arn, "PoliciesPerRole");
}

Result<Change<DetachUserPolicyOutput>> detach_user_policy(const DetachUserPolicyInput& in,
                                                          const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  return detach<DetachUserPolicyOutput>(call, *user, in.policy_arn);
}

Result<Change<DetachGroupPolicyOutput>> detach_group_policy(const DetachGroupPolicyInput& in,
                                                            const Call& call) {
  RC_TRY(const identity::Group* group, group_named(call, in.group_name));
  return detach<DetachGroupPolicyOutput>(call, *group, in.policy_arn);
}

Result<Change<DetachRolePolicyOutput>> detach_role_policy(const DetachRolePolicyInput& in,
                                                          const Call& call) {
  RC_TRY(const identity::Role* role, changeable_role(call, in.role_name));
  return detach<DetachRolePolicyOutput>(call, *role, in.policy_arn);
}

Result<ListAttachedUserPoliciesOutput> list_attached_user_policies(
    const ListAttachedUserPoliciesInput& in, const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  return list_attached<ListAttachedUserPoliciesOutput>(in, user->grants);
}

Result<ListAttachedGroupPoliciesOutput> list_attached_group_policies(
    const ListAttachedGroupPoliciesInput& in, const Call& call) {
  RC_TRY(const identity::Group* group, group_named(call, in.group_name));
  return list_attached<ListAttachedGroupPoliciesOutput>(in, group->grants);
}

Result<ListAttachedRolePoliciesOutput> list_attached_role_policies(
    const ListAttachedRolePoliciesInput& in, const Call& call) {
  RC_TRY(const identity::Role* role, role_named(call, in.role_name));
  return list_attached<ListAttachedRolePoliciesOutput>(in, role->grants);
}

}  // namespace rolecall::iam
