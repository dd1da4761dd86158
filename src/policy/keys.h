// The condition keys that requests usually carry, by number, so that filling and reading a context
// costs an array index. Any other key goes by its name.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rolecall::policy {

// X(enumerator, "name as AWS writes it")
#define RC_POLICY_KEYS(X)                                                     \
  X(aws_current_time, "aws:CurrentTime")                                      \
  X(aws_epoch_time, "aws:EpochTime")                                          \
  X(aws_requested_region, "aws:RequestedRegion")                              \
  X(aws_secure_transport, "aws:SecureTransport")                              \
  X(aws_user_agent, "aws:UserAgent")                                          \
  X(aws_referer, "aws:referer")                                               \
  X(aws_via_aws_service, "aws:ViaAWSService")                                 \
  X(aws_called_via, "aws:CalledVia")                                          \
  X(aws_called_via_first, "aws:CalledViaFirst")                               \
  X(aws_called_via_last, "aws:CalledViaLast")                                 \
  X(aws_userid, "aws:userid")                                                 \
  X(aws_username, "aws:username")                                             \
  X(aws_principal_type, "aws:PrincipalType")                                  \
  X(aws_principal_account, "aws:PrincipalAccount")                            \
  X(aws_principal_arn, "aws:PrincipalArn")                                    \
  X(aws_principal_is_aws_service, "aws:PrincipalIsAWSService")                \
  X(aws_principal_service_name, "aws:PrincipalServiceName")                   \
  X(aws_principal_service_names_list, "aws:PrincipalServiceNamesList")        \
  X(aws_principal_org_id, "aws:PrincipalOrgID")                               \
  X(aws_principal_org_paths, "aws:PrincipalOrgPaths")                         \
  X(aws_resource_account, "aws:ResourceAccount")                              \
  X(aws_resource_org_id, "aws:ResourceOrgID")                                 \
  X(aws_resource_org_paths, "aws:ResourceOrgPaths")                           \
  X(aws_tag_keys, "aws:TagKeys")                                              \
  X(aws_source_ip, "aws:SourceIp")                                            \
  X(aws_vpc_source_ip, "aws:VpcSourceIp")                                     \
  X(aws_source_vpc, "aws:SourceVpc")                                          \
  X(aws_source_vpce, "aws:SourceVpce")                                        \
  X(aws_source_arn, "aws:SourceArn")                                          \
  X(aws_source_account, "aws:SourceAccount")                                  \
  X(aws_source_org_id, "aws:SourceOrgID")                                     \
  X(aws_source_org_paths, "aws:SourceOrgPaths")                               \
  X(aws_source_identity, "aws:SourceIdentity")                                \
  X(aws_multi_factor_auth_present, "aws:MultiFactorAuthPresent")              \
  X(aws_multi_factor_auth_age, "aws:MultiFactorAuthAge")                      \
  X(aws_token_issue_time, "aws:TokenIssueTime")                               \
  X(aws_federated_provider, "aws:FederatedProvider")                          \
  X(aws_assumed_root, "aws:AssumedRoot")                                      \
  X(aws_ec2_instance_source_vpc, "aws:Ec2InstanceSourceVpc")                  \
  X(aws_ec2_instance_source_private_ipv4, "aws:Ec2InstanceSourcePrivateIPv4") \
  X(sts_external_id, "sts:ExternalId")                                        \
  X(sts_role_session_name, "sts:RoleSessionName")                             \
  X(sts_source_identity, "sts:SourceIdentity")                                \
  X(sts_transitive_tag_keys, "sts:TransitiveTagKeys")                         \
  X(sts_duration_seconds, "sts:DurationSeconds")                              \
  X(sts_task_policy_arn, "sts:TaskPolicyArn")                                 \
  X(iam_passed_to_service, "iam:PassedToService")                             \
  X(iam_permissions_boundary, "iam:PermissionsBoundary")                      \
  X(iam_policy_arn, "iam:PolicyARN")                                          \
  X(iam_aws_service_name, "iam:AWSServiceName")                               \
  X(iam_associated_resource_arn, "iam:AssociatedResourceArn")                 \
  X(iam_organizations_policy_id, "iam:OrganizationsPolicyId")                 \
  X(s3_prefix, "s3:prefix")                                                   \
  X(s3_delimiter, "s3:delimiter")                                             \
  X(s3_max_keys, "s3:max-keys")                                               \
  X(s3_version_id, "s3:VersionId")                                            \
  X(s3_location_constraint, "s3:LocationConstraint")                          \
  X(s3_x_amz_acl, "s3:x-amz-acl")                                             \
  X(s3_x_amz_copy_source, "s3:x-amz-copy-source")                             \
  X(s3_x_amz_metadata_directive, "s3:x-amz-metadata-directive")               \
  X(s3_x_amz_storage_class, "s3:x-amz-storage-class")                         \
  X(s3_x_amz_content_sha256, "s3:x-amz-content-sha256")                       \
  X(s3_x_amz_server_side_encryption, "s3:x-amz-server-side-encryption")       \
  X(s3_x_amz_server_side_encryption_aws_kms_key_id,                           \
    "s3:x-amz-server-side-encryption-aws-kms-key-id")                         \
  X(s3_auth_type, "s3:authType")                                              \
  X(s3_signature_version, "s3:signatureversion")                              \
  X(s3_signature_age, "s3:signatureAge")                                      \
  X(s3_tls_version, "s3:TlsVersion")                                          \
  X(s3_resource_account, "s3:ResourceAccount")                                \
  X(s3_request_object_tag_keys, "s3:RequestObjectTagKeys")                    \
  X(kms_via_service, "kms:ViaService")                                        \
  X(kms_caller_account, "kms:CallerAccount")                                  \
  X(kms_grant_is_for_aws_resource, "kms:GrantIsForAWSResource")               \
  X(kms_encryption_context_keys, "kms:EncryptionContextKeys")                 \
  X(organizations_policy_type, "organizations:PolicyType")                    \
  X(organizations_service_principal, "organizations:ServicePrincipal")        \
  X(ec2_region, "ec2:Region")                                                 \
  X(ec2_instance_type, "ec2:InstanceType")                                    \
  X(ec2_source_instance_arn, "ec2:SourceInstanceARN")                         \
  X(ec2_role_delivery, "ec2:RoleDelivery")                                    \
  X(ec2_create_action, "ec2:CreateAction")                                    \
  X(sns_protocol, "sns:Protocol")                                             \
  X(sns_endpoint, "sns:Endpoint")

enum class Key : std::uint8_t {
#define RC_POLICY_KEY_ENUM(enumerator, name) enumerator,
  RC_POLICY_KEYS(RC_POLICY_KEY_ENUM)
#undef RC_POLICY_KEY_ENUM
      count_,
};
inline constexpr std::size_t kKeyCount = static_cast<std::size_t>(Key::count_);

std::string_view key_name(Key key);
// Names compare without case (Rule 407).
std::optional<Key> find_key(std::string_view name);
// `folded_hash` is the engine's hash (hash.h) of the name in lower case.
std::optional<Key> find_key(std::string_view name, std::uint64_t folded_hash);

}  // namespace rolecall::policy
