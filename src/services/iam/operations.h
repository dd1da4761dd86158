// Every operation of IAM that is served. Reads answer from a snapshot; writes say what should
// happen (services/core/call.h). Bound to their names in bindings.cc.
#pragma once

#include "models/iam.h"
#include "services/core/call.h"

namespace rolecall::iam {

using services::Call;
using services::Change;

Result<Change<AddRoleToInstanceProfileOutput>> add_role_to_instance_profile(
    const AddRoleToInstanceProfileInput& in, const Call& call);
Result<Change<AddUserToGroupOutput>> add_user_to_group(const AddUserToGroupInput& in,
                                                       const Call& call);
Result<Change<AttachGroupPolicyOutput>> attach_group_policy(const AttachGroupPolicyInput& in,
                                                            const Call& call);
Result<Change<AttachRolePolicyOutput>> attach_role_policy(const AttachRolePolicyInput& in,
                                                          const Call& call);
Result<Change<AttachUserPolicyOutput>> attach_user_policy(const AttachUserPolicyInput& in,
                                                          const Call& call);
Result<Change<ChangePasswordOutput>> change_password(const ChangePasswordInput& in,
                                                     const Call& call);
Result<Change<CreateAccessKeyOutput>> create_access_key(const CreateAccessKeyInput& in,
                                                        const Call& call);
Result<Change<CreateAccountAliasOutput>> create_account_alias(const CreateAccountAliasInput& in,
                                                              const Call& call);
Result<Change<CreateGroupOutput>> create_group(const CreateGroupInput& in, const Call& call);
Result<Change<CreateInstanceProfileOutput>> create_instance_profile(
    const CreateInstanceProfileInput& in, const Call& call);
Result<Change<CreateLoginProfileOutput>> create_login_profile(const CreateLoginProfileInput& in,
                                                              const Call& call);
Result<Change<CreatePolicyOutput>> create_policy(const CreatePolicyInput& in, const Call& call);
Result<Change<CreatePolicyVersionOutput>> create_policy_version(const CreatePolicyVersionInput& in,
                                                                const Call& call);
Result<Change<CreateRoleOutput>> create_role(const CreateRoleInput& in, const Call& call);
Result<Change<CreateServiceLinkedRoleOutput>> create_service_linked_role(
    const CreateServiceLinkedRoleInput& in, const Call& call);
Result<Change<CreateServiceSpecificCredentialOutput>> create_service_specific_credential(
    const CreateServiceSpecificCredentialInput& in, const Call& call);
Result<Change<CreateUserOutput>> create_user(const CreateUserInput& in, const Call& call);
Result<Change<CreateVirtualMFADeviceOutput>> create_virtual_mfa_device(
    const CreateVirtualMFADeviceInput& in, const Call& call);
Result<Change<DeactivateMFADeviceOutput>> deactivate_mfa_device(const DeactivateMFADeviceInput& in,
                                                                const Call& call);
Result<Change<DeleteAccessKeyOutput>> delete_access_key(const DeleteAccessKeyInput& in,
                                                        const Call& call);
Result<Change<DeleteAccountAliasOutput>> delete_account_alias(const DeleteAccountAliasInput& in,
                                                              const Call& call);
Result<Change<DeleteAccountPasswordPolicyOutput>> delete_account_password_policy(
    const DeleteAccountPasswordPolicyInput& in, const Call& call);
Result<Change<DeleteGroupOutput>> delete_group(const DeleteGroupInput& in, const Call& call);
Result<Change<DeleteGroupPolicyOutput>> delete_group_policy(const DeleteGroupPolicyInput& in,
                                                            const Call& call);
Result<Change<DeleteInstanceProfileOutput>> delete_instance_profile(
    const DeleteInstanceProfileInput& in, const Call& call);
Result<Change<DeleteLoginProfileOutput>> delete_login_profile(const DeleteLoginProfileInput& in,
                                                              const Call& call);
Result<Change<DeletePolicyOutput>> delete_policy(const DeletePolicyInput& in, const Call& call);
Result<Change<DeletePolicyVersionOutput>> delete_policy_version(const DeletePolicyVersionInput& in,
                                                                const Call& call);
Result<Change<DeleteRoleOutput>> delete_role(const DeleteRoleInput& in, const Call& call);
Result<Change<DeleteRolePermissionsBoundaryOutput>> delete_role_permissions_boundary(
    const DeleteRolePermissionsBoundaryInput& in, const Call& call);
Result<Change<DeleteRolePolicyOutput>> delete_role_policy(const DeleteRolePolicyInput& in,
                                                          const Call& call);
Result<Change<DeleteServiceLinkedRoleOutput>> delete_service_linked_role(
    const DeleteServiceLinkedRoleInput& in, const Call& call);
Result<Change<DeleteServiceSpecificCredentialOutput>> delete_service_specific_credential(
    const DeleteServiceSpecificCredentialInput& in, const Call& call);
Result<Change<DeleteUserOutput>> delete_user(const DeleteUserInput& in, const Call& call);
Result<Change<DeleteUserPermissionsBoundaryOutput>> delete_user_permissions_boundary(
    const DeleteUserPermissionsBoundaryInput& in, const Call& call);
Result<Change<DeleteUserPolicyOutput>> delete_user_policy(const DeleteUserPolicyInput& in,
                                                          const Call& call);
Result<Change<DeleteVirtualMFADeviceOutput>> delete_virtual_mfa_device(
    const DeleteVirtualMFADeviceInput& in, const Call& call);
Result<Change<DetachGroupPolicyOutput>> detach_group_policy(const DetachGroupPolicyInput& in,
                                                            const Call& call);
Result<Change<DetachRolePolicyOutput>> detach_role_policy(const DetachRolePolicyInput& in,
                                                          const Call& call);
Result<Change<DetachUserPolicyOutput>> detach_user_policy(const DetachUserPolicyInput& in,
                                                          const Call& call);
Result<Change<EnableMFADeviceOutput>> enable_mfa_device(const EnableMFADeviceInput& in,
                                                        const Call& call);
Result<GetAccessKeyLastUsedOutput> get_access_key_last_used(const GetAccessKeyLastUsedInput& in,
                                                            const Call& call);
Result<GetAccountAuthorizationDetailsOutput> get_account_authorization_details(
    const GetAccountAuthorizationDetailsInput& in, const Call& call);
Result<GetAccountPasswordPolicyOutput> get_account_password_policy(
    const GetAccountPasswordPolicyInput& in, const Call& call);
Result<GetAccountSummaryOutput> get_account_summary(const GetAccountSummaryInput& in,
                                                    const Call& call);
Result<GetContextKeysForCustomPolicyOutput> get_context_keys_for_custom_policy(
    const GetContextKeysForCustomPolicyInput& in, const Call& call);
Result<GetContextKeysForPrincipalPolicyOutput> get_context_keys_for_principal_policy(
    const GetContextKeysForPrincipalPolicyInput& in, const Call& call);
Result<GetGroupOutput> get_group(const GetGroupInput& in, const Call& call);
Result<GetGroupPolicyOutput> get_group_policy(const GetGroupPolicyInput& in, const Call& call);
Result<GetInstanceProfileOutput> get_instance_profile(const GetInstanceProfileInput& in,
                                                      const Call& call);
Result<GetLoginProfileOutput> get_login_profile(const GetLoginProfileInput& in, const Call& call);
Result<GetPolicyOutput> get_policy(const GetPolicyInput& in, const Call& call);
Result<GetPolicyVersionOutput> get_policy_version(const GetPolicyVersionInput& in,
                                                  const Call& call);
Result<GetRoleOutput> get_role(const GetRoleInput& in, const Call& call);
Result<GetRolePolicyOutput> get_role_policy(const GetRolePolicyInput& in, const Call& call);
Result<GetServiceLinkedRoleDeletionStatusOutput> get_service_linked_role_deletion_status(
    const GetServiceLinkedRoleDeletionStatusInput& in, const Call& call);
Result<GetUserOutput> get_user(const GetUserInput& in, const Call& call);
Result<GetUserPolicyOutput> get_user_policy(const GetUserPolicyInput& in, const Call& call);
Result<ListAccessKeysOutput> list_access_keys(const ListAccessKeysInput& in, const Call& call);
Result<ListAccountAliasesOutput> list_account_aliases(const ListAccountAliasesInput& in,
                                                      const Call& call);
Result<ListAttachedGroupPoliciesOutput> list_attached_group_policies(
    const ListAttachedGroupPoliciesInput& in, const Call& call);
Result<ListAttachedRolePoliciesOutput> list_attached_role_policies(
    const ListAttachedRolePoliciesInput& in, const Call& call);
Result<ListAttachedUserPoliciesOutput> list_attached_user_policies(
    const ListAttachedUserPoliciesInput& in, const Call& call);
Result<ListEntitiesForPolicyOutput> list_entities_for_policy(const ListEntitiesForPolicyInput& in,
                                                             const Call& call);
Result<ListGroupPoliciesOutput> list_group_policies(const ListGroupPoliciesInput& in,
                                                    const Call& call);
Result<ListGroupsOutput> list_groups(const ListGroupsInput& in, const Call& call);
Result<ListGroupsForUserOutput> list_groups_for_user(const ListGroupsForUserInput& in,
                                                     const Call& call);
Result<ListInstanceProfileTagsOutput> list_instance_profile_tags(
    const ListInstanceProfileTagsInput& in, const Call& call);
Result<ListInstanceProfilesOutput> list_instance_profiles(const ListInstanceProfilesInput& in,
                                                          const Call& call);
Result<ListInstanceProfilesForRoleOutput> list_instance_profiles_for_role(
    const ListInstanceProfilesForRoleInput& in, const Call& call);
Result<ListMFADeviceTagsOutput> list_mfa_device_tags(const ListMFADeviceTagsInput& in,
                                                     const Call& call);
Result<ListMFADevicesOutput> list_mfa_devices(const ListMFADevicesInput& in, const Call& call);
Result<ListPoliciesOutput> list_policies(const ListPoliciesInput& in, const Call& call);
Result<ListPolicyTagsOutput> list_policy_tags(const ListPolicyTagsInput& in, const Call& call);
Result<ListPolicyVersionsOutput> list_policy_versions(const ListPolicyVersionsInput& in,
                                                      const Call& call);
Result<ListRolePoliciesOutput> list_role_policies(const ListRolePoliciesInput& in,
                                                  const Call& call);
Result<ListRoleTagsOutput> list_role_tags(const ListRoleTagsInput& in, const Call& call);
Result<ListRolesOutput> list_roles(const ListRolesInput& in, const Call& call);
Result<ListServiceSpecificCredentialsOutput> list_service_specific_credentials(
    const ListServiceSpecificCredentialsInput& in, const Call& call);
Result<ListUserPoliciesOutput> list_user_policies(const ListUserPoliciesInput& in,
                                                  const Call& call);
Result<ListUserTagsOutput> list_user_tags(const ListUserTagsInput& in, const Call& call);
Result<ListUsersOutput> list_users(const ListUsersInput& in, const Call& call);
Result<ListVirtualMFADevicesOutput> list_virtual_mfa_devices(const ListVirtualMFADevicesInput& in,
                                                             const Call& call);
Result<Change<PutGroupPolicyOutput>> put_group_policy(const PutGroupPolicyInput& in,
                                                      const Call& call);
Result<Change<PutRolePermissionsBoundaryOutput>> put_role_permissions_boundary(
    const PutRolePermissionsBoundaryInput& in, const Call& call);
Result<Change<PutRolePolicyOutput>> put_role_policy(const PutRolePolicyInput& in, const Call& call);
Result<Change<PutUserPermissionsBoundaryOutput>> put_user_permissions_boundary(
    const PutUserPermissionsBoundaryInput& in, const Call& call);
Result<Change<PutUserPolicyOutput>> put_user_policy(const PutUserPolicyInput& in, const Call& call);
Result<Change<RemoveRoleFromInstanceProfileOutput>> remove_role_from_instance_profile(
    const RemoveRoleFromInstanceProfileInput& in, const Call& call);
Result<Change<RemoveUserFromGroupOutput>> remove_user_from_group(const RemoveUserFromGroupInput& in,
                                                                 const Call& call);
Result<Change<ResetServiceSpecificCredentialOutput>> reset_service_specific_credential(
    const ResetServiceSpecificCredentialInput& in, const Call& call);
Result<Change<ResyncMFADeviceOutput>> resync_mfa_device(const ResyncMFADeviceInput& in,
                                                        const Call& call);
Result<Change<SetDefaultPolicyVersionOutput>> set_default_policy_version(
    const SetDefaultPolicyVersionInput& in, const Call& call);
Result<SimulateCustomPolicyOutput> simulate_custom_policy(const SimulateCustomPolicyInput& in,
                                                          const Call& call);
Result<SimulatePrincipalPolicyOutput> simulate_principal_policy(
    const SimulatePrincipalPolicyInput& in, const Call& call);
Result<Change<TagInstanceProfileOutput>> tag_instance_profile(const TagInstanceProfileInput& in,
                                                              const Call& call);
Result<Change<TagMFADeviceOutput>> tag_mfa_device(const TagMFADeviceInput& in, const Call& call);
Result<Change<TagPolicyOutput>> tag_policy(const TagPolicyInput& in, const Call& call);
Result<Change<TagRoleOutput>> tag_role(const TagRoleInput& in, const Call& call);
Result<Change<TagUserOutput>> tag_user(const TagUserInput& in, const Call& call);
Result<Change<UntagInstanceProfileOutput>> untag_instance_profile(
    const UntagInstanceProfileInput& in, const Call& call);
Result<Change<UntagMFADeviceOutput>> untag_mfa_device(const UntagMFADeviceInput& in,
                                                      const Call& call);
Result<Change<UntagPolicyOutput>> untag_policy(const UntagPolicyInput& in, const Call& call);
Result<Change<UntagRoleOutput>> untag_role(const UntagRoleInput& in, const Call& call);
Result<Change<UntagUserOutput>> untag_user(const UntagUserInput& in, const Call& call);
Result<Change<UpdateAccessKeyOutput>> update_access_key(const UpdateAccessKeyInput& in,
                                                        const Call& call);
Result<Change<UpdateAccountPasswordPolicyOutput>> update_account_password_policy(
    const UpdateAccountPasswordPolicyInput& in, const Call& call);
Result<Change<UpdateAssumeRolePolicyOutput>> update_assume_role_policy(
    const UpdateAssumeRolePolicyInput& in, const Call& call);
Result<Change<UpdateGroupOutput>> update_group(const UpdateGroupInput& in, const Call& call);
Result<Change<UpdateLoginProfileOutput>> update_login_profile(const UpdateLoginProfileInput& in,
                                                              const Call& call);
Result<Change<UpdateRoleOutput>> update_role(const UpdateRoleInput& in, const Call& call);
Result<Change<UpdateRoleDescriptionOutput>> update_role_description(
    const UpdateRoleDescriptionInput& in, const Call& call);
Result<Change<UpdateServiceSpecificCredentialOutput>> update_service_specific_credential(
    const UpdateServiceSpecificCredentialInput& in, const Call& call);
Result<Change<UpdateUserOutput>> update_user(const UpdateUserInput& in, const Call& call);

}  // namespace rolecall::iam
