// Inline policies of users, groups and roles: the same four operations three times.
#include <fmt/format.h>

#include "base/encoding.h"
#include "policy/validate.h"
#include "services/iam/documents.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"

namespace rolecall::iam {
namespace {

const identity::InlinePolicy* find_inline(const identity::Grants& grants, std::string_view name) {
  for (const identity::InlinePolicy& policy : grants.inline_policies) {
    if (equal_ignoring_case(policy.name, name)) return &policy;
  }
  return nullptr;
}

ApiError no_such_inline(std::string_view kind, std::string_view name) {
  return no_such(fmt::format("{} policy", kind), name);
}

// Rule 55: the sum over the entity counts, without white space.
Status fits(const identity::Grants& grants, std::string_view replaced, std::string_view text,
            std::size_t max, std::string_view kind, std::string_view owner) {
  std::size_t sum = policy::counted_size(text);
  for (const identity::InlinePolicy& policy : grants.inline_policies) {
    if (!equal_ignoring_case(policy.name, replaced)) {
      sum += policy::counted_size(policy.document->text());
    }
  }
  if (sum <= max) return {};
  return ApiError::limit_exceeded(
      fmt::format("Maximum policy size of {} bytes exceeded for {} {}", max, kind, owner));
}

template <class Out, class Entity, class In>
Result<Change<Out>> put_inline(const Call& call, const Entity& entity, const In& in,
                               std::size_t max, std::string_view kind) {
  RC_TRY(identity::PolicyRef document, make_document(policy::Kind::inline_, in.policy_document));
  RC_CHECK(fits(entity.grants, in.policy_name, in.policy_document, max, kind, entity.name));
  Entity changed = entity;
  auto& policies = changed.grants.inline_policies;
  std::erase_if(policies, [&](const identity::InlinePolicy& policy) {
    return equal_ignoring_case(policy.name, in.policy_name);
  });
  const auto place =
      std::lower_bound(policies.begin(), policies.end(), in.policy_name,
                       [](const identity::InlinePolicy& policy, const std::string& name) {
                         return identity::Table<Entity>::compare(policy.name, name) < 0;
                       });
  policies.insert(place, {in.policy_name, std::move(document)});
  Change<Out> change;
  put(change.events, call, std::move(changed));
  return change;
}

template <class Out, class Entity>
Result<Change<Out>> delete_inline(const Call& call, const Entity& entity, std::string_view name,
                                  std::string_view kind) {
  if (!find_inline(entity.grants, name)) return no_such_inline(kind, name);
  Entity changed = entity;
  std::erase_if(changed.grants.inline_policies, [&](const identity::InlinePolicy& policy) {
    return equal_ignoring_case(policy.name, name);
  });
  Change<Out> change;
  put(change.events, call, std::move(changed));
  return change;
}

template <class Out, class Entity>
Result<Out> get_inline(const Entity& entity, std::string_view name, std::string_view kind) {
  const identity::InlinePolicy* policy = find_inline(entity.grants, name);
  if (!policy) return no_such_inline(kind, name);
  Out out;
  out.policy_name = policy->name;
  out.policy_document = encoded(policy->document->text());
  return out;
}

template <class Out, class In>
Result<Out> list_inline(const In& in, const identity::Grants& grants) {
  RC_TRY(const Page page, page_of(in));
  Out out;
  end_page(
      out,
      walk_list(
          grants.inline_policies, page,
          [](const identity::InlinePolicy& policy) { return std::string_view(policy.name); },
          [&](const identity::InlinePolicy& policy) { out.policy_names.push_back(policy.name); }));
  return out;
}

}  // namespace

// ---- users

Result<Change<PutUserPolicyOutput>> put_user_policy(const PutUserPolicyInput& in,
                                                    const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  return put_inline<PutUserPolicyOutput>(call, *user, in, policy::kUserInlineCharactersMax, "user");
}

Result<Change<DeleteUserPolicyOutput>> delete_user_policy(const DeleteUserPolicyInput& in,
                                                          const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  return delete_inline<DeleteUserPolicyOutput>(call, *user, in.policy_name, "user");
}

Result<GetUserPolicyOutput> get_user_policy(const GetUserPolicyInput& in, const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  RC_TRY(GetUserPolicyOutput out, get_inline<GetUserPolicyOutput>(*user, in.policy_name, "user"));
  out.user_name = user->name;
  return out;
}

Result<ListUserPoliciesOutput> list_user_policies(const ListUserPoliciesInput& in,
                                                  const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  return list_inline<ListUserPoliciesOutput>(in, user->grants);
}

// ---- groups

Result<Change<PutGroupPolicyOutput>> put_group_policy(const PutGroupPolicyInput& in,
                                                      const Call& call) {
  RC_TRY(const identity::Group* group, group_named(call, in.group_name));
  return put_inline<PutGroupPolicyOutput>(call, *group, in, policy::kGroupInlineCharactersMax,
                                          "group");
}

Result<Change<DeleteGroupPolicyOutput>> delete_group_policy(const DeleteGroupPolicyInput& in,
                                                            const Call& call) {
  RC_TRY(const identity::Group* group, group_named(call, in.group_name));
  return delete_inline<DeleteGroupPolicyOutput>(call, *group, in.policy_name, "group");
}

Result<GetGroupPolicyOutput> get_group_policy(const GetGroupPolicyInput& in, const Call& call) {
  RC_TRY(const identity::Group* group, group_named(call, in.group_name));
  RC_TRY(GetGroupPolicyOutput out,
         get_inline<GetGroupPolicyOutput>(*group, in.policy_name, "group"));
  out.group_name = group->name;
  return out;
}

Result<ListGroupPoliciesOutput> list_group_policies(const ListGroupPoliciesInput& in,
                                                    const Call& call) {
  RC_TRY(const identity::Group* group, group_named(call, in.group_name));
  return list_inline<ListGroupPoliciesOutput>(in, group->grants);
}

// ---- roles

Result<Change<PutRolePolicyOutput>> put_role_policy(const PutRolePolicyInput& in,
                                                    const Call& call) {
  RC_TRY(const identity::Role* role, changeable_role(call, in.role_name));
  return put_inline<PutRolePolicyOutput>(call, *role, in, policy::kRoleInlineCharactersMax, "role");
}

Result<Change<DeleteRolePolicyOutput>> delete_role_policy(const DeleteRolePolicyInput& in,
                                                          const Call& call) {
  RC_TRY(const identity::Role* role, changeable_role(call, in.role_name));
  return delete_inline<DeleteRolePolicyOutput>(call, *role, in.policy_name, "role");
}

Result<GetRolePolicyOutput> get_role_policy(const GetRolePolicyInput& in, const Call& call) {
  RC_TRY(const identity::Role* role, role_named(call, in.role_name));
  RC_TRY(GetRolePolicyOutput out, get_inline<GetRolePolicyOutput>(*role, in.policy_name, "role"));
  out.role_name = role->name;
  return out;
}

Result<ListRolePoliciesOutput> list_role_policies(const ListRolePoliciesInput& in,
                                                  const Call& call) {
  RC_TRY(const identity::Role* role, role_named(call, in.role_name));
  return list_inline<ListRolePoliciesOutput>(in, role->grants);
}

}  // namespace rolecall::iam
