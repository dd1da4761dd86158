// Tag, Untag and List…Tags of users, roles, policies, instance profiles and MFA devices.
#include "services/iam/mfa_devices.h"
#include "services/iam/operations.h"
#include "services/iam/paging.h"
#include "services/iam/shapes.h"
#include "services/iam/tag_rules.h"

namespace rolecall::iam {
namespace {

template <class Out, class Entity, class In>
Result<Change<Out>> tag(const Call& call, const Entity& entity, const In& in) {
  Entity changed = entity;
  RC_TRY(changed.tags, merged_tags(entity.tags, list_of(in.tags)));
  Change<Out> change;
  if (changed.tags != entity.tags) put(change.events, call, std::move(changed));
  return change;
}

template <class Out, class Entity, class In>
Result<Change<Out>> untag(const Call& call, const Entity& entity, const In& in) {
  Entity changed = entity;
  changed.tags = without_tags(entity.tags, list_of(in.tag_keys));
  Change<Out> change;
  if (changed.tags != entity.tags) put(change.events, call, std::move(changed));
  return change;
}

// Sorted by key ("ListRoleTags").
template <class Out, class In>
Result<Out> list_tags(const In& in, const identity::Tags& tags) {
  RC_TRY(const Page page, page_of(in));
  Out out;
  end_page(out, walk_list(
                    tags, page, [](const identity::Tag& tag) { return std::string_view(tag.key); },
                    [&](const identity::Tag& tag) {
                      out.tags.push_back({.key = tag.key, .value = tag.value});
                    }));
  return out;
}

}  // namespace

// ---- users

Result<Change<TagUserOutput>> tag_user(const TagUserInput& in, const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  return tag<TagUserOutput>(call, *user, in);
}

Result<Change<UntagUserOutput>> untag_user(const UntagUserInput& in, const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  return untag<UntagUserOutput>(call, *user, in);
}

Result<ListUserTagsOutput> list_user_tags(const ListUserTagsInput& in, const Call& call) {
  RC_TRY(const identity::User* user, user_named(call, in.user_name));
  return list_tags<ListUserTagsOutput>(in, user->tags);
}

// ---- roles (service-linked ones may be tagged)

Result<Change<TagRoleOutput>> tag_role(const TagRoleInput& in, const Call& call) {
  RC_TRY(const identity::Role* role, role_named(call, in.role_name));
  return tag<TagRoleOutput>(call, *role, in);
}

Result<Change<UntagRoleOutput>> untag_role(const UntagRoleInput& in, const Call& call) {
  RC_TRY(const identity::Role* role, role_named(call, in.role_name));
  return untag<UntagRoleOutput>(call, *role, in);
}

Result<ListRoleTagsOutput> list_role_tags(const ListRoleTagsInput& in, const Call& call) {
  RC_TRY(const identity::Role* role, role_named(call, in.role_name));
  return list_tags<ListRoleTagsOutput>(in, role->tags);
}

// ---- managed policies

Result<Change<TagPolicyOutput>> tag_policy(const TagPolicyInput& in, const Call& call) {
  RC_TRY(const identity::ManagedPolicy* policy, own_policy(call, in.policy_arn, "TagPolicy"));
  return tag<TagPolicyOutput>(call, *policy, in);
}

Result<Change<UntagPolicyOutput>> untag_policy(const UntagPolicyInput& in, const Call& call) {
  RC_TRY(const identity::ManagedPolicy* policy, own_policy(call, in.policy_arn, "UntagPolicy"));
  return untag<UntagPolicyOutput>(call, *policy, in);
}

Result<ListPolicyTagsOutput> list_policy_tags(const ListPolicyTagsInput& in, const Call& call) {
  RC_TRY(const Managed policy, managed_named(call, in.policy_arn));
  return list_tags<ListPolicyTagsOutput>(in, policy.own ? policy.own->tags : identity::Tags{});
}

// ---- instance profiles

Result<Change<TagInstanceProfileOutput>> tag_instance_profile(const TagInstanceProfileInput& in,
                                                              const Call& call) {
  RC_TRY(const identity::InstanceProfile* profile, profile_named(call, in.instance_profile_name));
  return tag<TagInstanceProfileOutput>(call, *profile, in);
}

Result<Change<UntagInstanceProfileOutput>> untag_instance_profile(
    const UntagInstanceProfileInput& in, const Call& call) {
  RC_TRY(const identity::InstanceProfile* profile, profile_named(call, in.instance_profile_name));
  return untag<UntagInstanceProfileOutput>(call, *profile, in);
}

Result<ListInstanceProfileTagsOutput> list_instance_profile_tags(
    const ListInstanceProfileTagsInput& in, const Call& call) {
  RC_TRY(const identity::InstanceProfile* profile, profile_named(call, in.instance_profile_name));
  return list_tags<ListInstanceProfileTagsOutput>(in, profile->tags);
}

// ---- virtual MFA devices

Result<Change<TagMFADeviceOutput>> tag_mfa_device(const TagMFADeviceInput& in, const Call& call) {
  RC_TRY(const identity::MfaDevice* device, device_named(call, in.serial_number));
  return tag<TagMFADeviceOutput>(call, *device, in);
}

Result<Change<UntagMFADeviceOutput>> untag_mfa_device(const UntagMFADeviceInput& in,
                                                      const Call& call) {
  RC_TRY(const identity::MfaDevice* device, device_named(call, in.serial_number));
  return untag<UntagMFADeviceOutput>(call, *device, in);
}

Result<ListMFADeviceTagsOutput> list_mfa_device_tags(const ListMFADeviceTagsInput& in,
                                                     const Call& call) {
  RC_TRY(const identity::MfaDevice* device, device_named(call, in.serial_number));
  return list_tags<ListMFADeviceTagsOutput>(in, device->tags);
}

}  // namespace rolecall::iam
