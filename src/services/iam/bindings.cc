#include "services/iam/operations.h"
#include "services/iam/service.h"

namespace rolecall::services {

std::span<const Binding> iam_bindings() {
  using namespace iam;
  static const Binding table[] = {
      write<AddRoleToInstanceProfileInput, AddRoleToInstanceProfileOutput>(
          "AddRoleToInstanceProfile", add_role_to_instance_profile),
      write<AddUserToGroupInput, AddUserToGroupOutput>("AddUserToGroup", add_user_to_group),
      write<AttachGroupPolicyInput, AttachGroupPolicyOutput>("AttachGroupPolicy",
                                                             attach_group_policy),
      write<AttachRolePolicyInput, AttachRolePolicyOutput>("AttachRolePolicy", attach_role_policy),
      write<AttachUserPolicyInput, AttachUserPolicyOutput>("AttachUserPolicy", attach_user_policy),
      write<ChangePasswordInput, ChangePasswordOutput>("ChangePassword", change_password),
      write<CreateAccessKeyInput, CreateAccessKeyOutput>("CreateAccessKey", create_access_key),
      write<CreateAccountAliasInput, CreateAccountAliasOutput>("CreateAccountAlias",
                                                               create_account_alias),
      write<CreateGroupInput, CreateGroupOutput>("CreateGroup", create_group),
      write<CreateInstanceProfileInput, CreateInstanceProfileOutput>("CreateInstanceProfile",
                                                                     create_instance_profile),
      write<CreateLoginProfileInput, CreateLoginProfileOutput>("CreateLoginProfile",
                                                               create_login_profile),
      write<CreatePolicyInput, CreatePolicyOutput>("CreatePolicy", create_policy),
      write<CreatePolicyVersionInput, CreatePolicyVersionOutput>("CreatePolicyVersion",
                                                                 create_policy_version),
      write<CreateRoleInput, CreateRoleOutput>("CreateRole", create_role),
      write<CreateServiceLinkedRoleInput, CreateServiceLinkedRoleOutput>(
          "CreateServiceLinkedRole", create_service_linked_role),
      write<CreateServiceSpecificCredentialInput, CreateServiceSpecificCredentialOutput>(
          "CreateServiceSpecificCredential", create_service_specific_credential),
      write<CreateUserInput, CreateUserOutput>("CreateUser", create_user),
      write<CreateVirtualMFADeviceInput, CreateVirtualMFADeviceOutput>("CreateVirtualMFADevice",
                                                                       create_virtual_mfa_device),
      write<DeactivateMFADeviceInput, DeactivateMFADeviceOutput>("DeactivateMFADevice",
                                                                 deactivate_mfa_device),
      write<DeleteAccessKeyInput, DeleteAccessKeyOutput>("DeleteAccessKey", delete_access_key),
      write<DeleteAccountAliasInput, DeleteAccountAliasOutput>("DeleteAccountAlias",
                                                               delete_account_alias),
      write<DeleteAccountPasswordPolicyInput, DeleteAccountPasswordPolicyOutput>(
          "DeleteAccountPasswordPolicy", delete_account_password_policy),
      write<DeleteGroupInput, DeleteGroupOutput>("DeleteGroup", delete_group),
      write<DeleteGroupPolicyInput, DeleteGroupPolicyOutput>("DeleteGroupPolicy",
                                                             delete_group_policy),
      write<DeleteInstanceProfileInput, DeleteInstanceProfileOutput>("DeleteInstanceProfile",
                                                                     delete_instance_profile),
      write<DeleteLoginProfileInput, DeleteLoginProfileOutput>("DeleteLoginProfile",
                                                               delete_login_profile),
      write<DeletePolicyInput, DeletePolicyOutput>("DeletePolicy", delete_policy),
      write<DeletePolicyVersionInput, DeletePolicyVersionOutput>("DeletePolicyVersion",
                                                                 delete_policy_version),
      write<DeleteRoleInput, DeleteRoleOutput>("DeleteRole", delete_role),
      write<DeleteRolePermissionsBoundaryInput, DeleteRolePermissionsBoundaryOutput>(
          "DeleteRolePermissionsBoundary", delete_role_permissions_boundary),
      write<DeleteRolePolicyInput, DeleteRolePolicyOutput>("DeleteRolePolicy", delete_role_policy),
      write<DeleteServiceLinkedRoleInput, DeleteServiceLinkedRoleOutput>(
          "DeleteServiceLinkedRole", delete_service_linked_role),
      write<DeleteServiceSpecificCredentialInput, DeleteServiceSpecificCredentialOutput>(
          "DeleteServiceSpecificCredential", delete_service_specific_credential),
      write<DeleteUserInput, DeleteUserOutput>("DeleteUser", delete_user),
      write<DeleteUserPermissionsBoundaryInput, DeleteUserPermissionsBoundaryOutput>(
          "DeleteUserPermissionsBoundary", delete_user_permissions_boundary),
      write<DeleteUserPolicyInput, DeleteUserPolicyOutput>("DeleteUserPolicy", delete_user_policy),
      write<DeleteVirtualMFADeviceInput, DeleteVirtualMFADeviceOutput>("DeleteVirtualMFADevice",
                                                                       delete_virtual_mfa_device),
      write<DetachGroupPolicyInput, DetachGroupPolicyOutput>("DetachGroupPolicy",
                                                             detach_group_policy),
      write<DetachRolePolicyInput, DetachRolePolicyOutput>("DetachRolePolicy", detach_role_policy),
      write<DetachUserPolicyInput, DetachUserPolicyOutput>("DetachUserPolicy", detach_user_policy),
      write<EnableMFADeviceInput, EnableMFADeviceOutput>("EnableMFADevice", enable_mfa_device),
      read<GetAccessKeyLastUsedInput, GetAccessKeyLastUsedOutput>("GetAccessKeyLastUsed",
                                                                  get_access_key_last_used),
      read<GetAccountAuthorizationDetailsInput, GetAccountAuthorizationDetailsOutput>(
          "GetAccountAuthorizationDetails", get_account_authorization_details),
      read<GetAccountPasswordPolicyInput, GetAccountPasswordPolicyOutput>(
          "GetAccountPasswordPolicy", get_account_password_policy),
      read<GetAccountSummaryInput, GetAccountSummaryOutput>("GetAccountSummary",
                                                            get_account_summary),
      read<GetContextKeysForCustomPolicyInput, GetContextKeysForCustomPolicyOutput>(
          "GetContextKeysForCustomPolicy", get_context_keys_for_custom_policy),
      read<GetContextKeysForPrincipalPolicyInput, GetContextKeysForPrincipalPolicyOutput>(
          "GetContextKeysForPrincipalPolicy", get_context_keys_for_principal_policy),
      read<GetGroupInput, GetGroupOutput>("GetGroup", get_group),
      read<GetGroupPolicyInput, GetGroupPolicyOutput>("GetGroupPolicy", get_group_policy),
      read<GetInstanceProfileInput, GetInstanceProfileOutput>("GetInstanceProfile",
                                                              get_instance_profile),
      read<GetLoginProfileInput, GetLoginProfileOutput>("GetLoginProfile", get_login_profile),
      read<GetPolicyInput, GetPolicyOutput>("GetPolicy", get_policy),
      read<GetPolicyVersionInput, GetPolicyVersionOutput>("GetPolicyVersion", get_policy_version),
      read<GetRoleInput, GetRoleOutput>("GetRole", get_role),
      read<GetRolePolicyInput, GetRolePolicyOutput>("GetRolePolicy", get_role_policy),
      read<GetServiceLinkedRoleDeletionStatusInput, GetServiceLinkedRoleDeletionStatusOutput>(
          "GetServiceLinkedRoleDeletionStatus", get_service_linked_role_deletion_status),
      read<GetUserInput, GetUserOutput>("GetUser", get_user),
      read<GetUserPolicyInput, GetUserPolicyOutput>("GetUserPolicy", get_user_policy),
      read<ListAccessKeysInput, ListAccessKeysOutput>("ListAccessKeys", list_access_keys),
      read<ListAccountAliasesInput, ListAccountAliasesOutput>("ListAccountAliases",
                                                              list_account_aliases),
      read<ListAttachedGroupPoliciesInput, ListAttachedGroupPoliciesOutput>(
          "ListAttachedGroupPolicies", list_attached_group_policies),
      read<ListAttachedRolePoliciesInput, ListAttachedRolePoliciesOutput>(
          "ListAttachedRolePolicies", list_attached_role_policies),
      read<ListAttachedUserPoliciesInput, ListAttachedUserPoliciesOutput>(
          "ListAttachedUserPolicies", list_attached_user_policies),
      read<ListEntitiesForPolicyInput, ListEntitiesForPolicyOutput>("ListEntitiesForPolicy",
                                                                    list_entities_for_policy),
      read<ListGroupPoliciesInput, ListGroupPoliciesOutput>("ListGroupPolicies",
                                                            list_group_policies),
      read<ListGroupsInput, ListGroupsOutput>("ListGroups", list_groups),
      read<ListGroupsForUserInput, ListGroupsForUserOutput>("ListGroupsForUser",
                                                            list_groups_for_user),
      read<ListInstanceProfileTagsInput, ListInstanceProfileTagsOutput>("ListInstanceProfileTags",
                                                                        list_instance_profile_tags),
      read<ListInstanceProfilesInput, ListInstanceProfilesOutput>("ListInstanceProfiles",
                                                                  list_instance_profiles),
      read<ListInstanceProfilesForRoleInput, ListInstanceProfilesForRoleOutput>(
          "ListInstanceProfilesForRole", list_instance_profiles_for_role),
      read<ListMFADeviceTagsInput, ListMFADeviceTagsOutput>("ListMFADeviceTags",
                                                            list_mfa_device_tags),
      read<ListMFADevicesInput, ListMFADevicesOutput>("ListMFADevices", list_mfa_devices),
      read<ListPoliciesInput, ListPoliciesOutput>("ListPolicies", list_policies),
      read<ListPolicyTagsInput, ListPolicyTagsOutput>("ListPolicyTags", list_policy_tags),
      read<ListPolicyVersionsInput, ListPolicyVersionsOutput>("ListPolicyVersions",
                                                              list_policy_versions),
      read<ListRolePoliciesInput, ListRolePoliciesOutput>("ListRolePolicies", list_role_policies),
      read<ListRoleTagsInput, ListRoleTagsOutput>("ListRoleTags", list_role_tags),
      read<ListRolesInput, ListRolesOutput>("ListRoles", list_roles),
      read<ListServiceSpecificCredentialsInput, ListServiceSpecificCredentialsOutput>(
          "ListServiceSpecificCredentials", list_service_specific_credentials),
      read<ListUserPoliciesInput, ListUserPoliciesOutput>("ListUserPolicies", list_user_policies),
      read<ListUserTagsInput, ListUserTagsOutput>("ListUserTags", list_user_tags),
      read<ListUsersInput, ListUsersOutput>("ListUsers", list_users),
      read<ListVirtualMFADevicesInput, ListVirtualMFADevicesOutput>("ListVirtualMFADevices",
                                                                    list_virtual_mfa_devices),
      write<PutGroupPolicyInput, PutGroupPolicyOutput>("PutGroupPolicy", put_group_policy),
      write<PutRolePermissionsBoundaryInput, PutRolePermissionsBoundaryOutput>(
          "PutRolePermissionsBoundary", put_role_permissions_boundary),
      write<PutRolePolicyInput, PutRolePolicyOutput>("PutRolePolicy", put_role_policy),
      write<PutUserPermissionsBoundaryInput, PutUserPermissionsBoundaryOutput>(
          "PutUserPermissionsBoundary", put_user_permissions_boundary),
      write<PutUserPolicyInput, PutUserPolicyOutput>("PutUserPolicy", put_user_policy),
      write<RemoveRoleFromInstanceProfileInput, RemoveRoleFromInstanceProfileOutput>(
          "RemoveRoleFromInstanceProfile", remove_role_from_instance_profile),
      write<RemoveUserFromGroupInput, RemoveUserFromGroupOutput>("RemoveUserFromGroup",
                                                                 remove_user_from_group),
      write<ResetServiceSpecificCredentialInput, ResetServiceSpecificCredentialOutput>(
          "ResetServiceSpecificCredential", reset_service_specific_credential),
      write<ResyncMFADeviceInput, ResyncMFADeviceOutput>("ResyncMFADevice", resync_mfa_device),
      write<SetDefaultPolicyVersionInput, SetDefaultPolicyVersionOutput>(
          "SetDefaultPolicyVersion", set_default_policy_version),
      read<SimulateCustomPolicyInput, SimulateCustomPolicyOutput>("SimulateCustomPolicy",
                                                                  simulate_custom_policy),
      read<SimulatePrincipalPolicyInput, SimulatePrincipalPolicyOutput>("SimulatePrincipalPolicy",
                                                                        simulate_principal_policy),
      write<TagInstanceProfileInput, TagInstanceProfileOutput>("TagInstanceProfile",
                                                               tag_instance_profile),
      write<TagMFADeviceInput, TagMFADeviceOutput>("TagMFADevice", tag_mfa_device),
      write<TagPolicyInput, TagPolicyOutput>("TagPolicy", tag_policy),
      write<TagRoleInput, TagRoleOutput>("TagRole", tag_role),
      write<TagUserInput, TagUserOutput>("TagUser", tag_user),
      write<UntagInstanceProfileInput, UntagInstanceProfileOutput>("UntagInstanceProfile",
                                                                   untag_instance_profile),
      write<UntagMFADeviceInput, UntagMFADeviceOutput>("UntagMFADevice", untag_mfa_device),
      write<UntagPolicyInput, UntagPolicyOutput>("UntagPolicy", untag_policy),
      write<UntagRoleInput, UntagRoleOutput>("UntagRole", untag_role),
      write<UntagUserInput, UntagUserOutput>("UntagUser", untag_user),
      write<UpdateAccessKeyInput, UpdateAccessKeyOutput>("UpdateAccessKey", update_access_key),
      write<UpdateAccountPasswordPolicyInput, UpdateAccountPasswordPolicyOutput>(
          "UpdateAccountPasswordPolicy", update_account_password_policy),
      write<UpdateAssumeRolePolicyInput, UpdateAssumeRolePolicyOutput>("UpdateAssumeRolePolicy",
                                                                       update_assume_role_policy),
      write<UpdateGroupInput, UpdateGroupOutput>("UpdateGroup", update_group),
      write<UpdateLoginProfileInput, UpdateLoginProfileOutput>("UpdateLoginProfile",
                                                               update_login_profile),
      write<UpdateRoleInput, UpdateRoleOutput>("UpdateRole", update_role),
      write<UpdateRoleDescriptionInput, UpdateRoleDescriptionOutput>("UpdateRoleDescription",
                                                                     update_role_description),
      write<UpdateServiceSpecificCredentialInput, UpdateServiceSpecificCredentialOutput>(
          "UpdateServiceSpecificCredential", update_service_specific_credential),
      write<UpdateUserInput, UpdateUserOutput>("UpdateUser", update_user),
  };
  return table;
}

}  // namespace rolecall::services
