#include "policy/exemptions.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"

namespace rolecall::policy {
namespace {

// AWS's page "List of AWS services that support RCPs", September 2026. Sorted.
constexpr std::array<std::string_view, 62> kRcpServices = {"aoss",
                                                           "appconfig",
                                                           "appstream",
                                                           "autoscaling",
                                                           "autoscaling-plans",
                                                           "budgets",
                                                           "clouddirectory",
                                                           "cloudfront",
                                                           "cloudsearch",
                                                           "cloudtrail-data",
                                                           "codeartifact",
                                                           "codebuild",
                                                           "codecommit",
                                                           "codepipeline",
                                                           "cognito-identity",
                                                           "cognito-idp",
                                                           "comprehend",
                                                           "comprehendmedical",
                                                           "compute-optimizer",
                                                           "cost-optimization-hub",
                                                           "dax",
                                                           "dsql",
                                                           "dynamodb",
                                                           "ecr",
                                                           "ecr-public",
                                                           "events",
                                                           "firehose",
                                                           "fis",
                                                           "fms",
                                                           "gamelift",
                                                           "health",
                                                           "inspector-scan",
                                                           "kendra",
                                                           "kinesisvideo",
                                                           "kms",
                                                           "logs",
                                                           "memorydb",
                                                           "networkmonitor",
                                                           "notifications",
                                                           "opensearch",
                                                           "pca-connector-ad",
                                                           "personalize",
                                                           "polly",
                                                           "pricing",
                                                           "resource-groups",
                                                           "rolesanywhere",
                                                           "s3",
                                                           "secretsmanager",
                                                           "servicediscovery",
                                                           "signin",
                                                           "sqs",
                                                           "sts",
                                                           "support",
                                                           "swf",
                                                           "textract",
                                                           "timestream-influxdb",
                                                           "transcribe",
                                                           "transfer",
                                                           "translate",
                                                           "wafv2",
                                                           "workspaces",
                                                           "xray"};
static_assert(std::is_sorted(kRcpServices.begin(), kRcpServices.end()));

bool is_role_arn(std::string_view resource) {
  const auto arn = ArnView::parse(resource);
  return arn && arn->service == "iam" && arn->resource.starts_with("role/");
}

}  // namespace

bool is_service_linked_role(const Principal& principal) {
  if (principal.kind != PrincipalKind::role_session) return false;
  // At its place only: a path may hold colons, so that anybody could make a role whose path spells
  // it. Twelve digits of account follow "arn:PARTITION:iam::".
  const std::string_view arn = principal.role_arn;
  std::size_t colon = 4;
  while (colon < arn.size() && arn[colon] != ':') ++colon;
  constexpr std::string_view kService = ":iam::", kPath = ":role/aws-service-role/";
  return arn.substr(std::min(colon, arn.size())).starts_with(kService) &&
         arn.size() > colon + kService.size() + 12 &&
         arn.substr(colon + kService.size() + 12).starts_with(kPath);
}

bool rcp_supports(std::string_view service) {
  return std::binary_search(kRcpServices.begin(), kRcpServices.end(), service);
}

std::string_view scp_exemption(const Request& request, const Policies& policies) {
  const Principal& who = request.principal;
  switch (who.kind) {
    case PrincipalKind::anonymous:
    case PrincipalKind::web_identity:
    case PrincipalKind::saml:
      return "the caller belongs to no account";  // Rule 188
    case PrincipalKind::service:
      return "AWS services' own calls are not limited";  // Rule 192
    default:
      break;
  }
  if (!policies.management_account.empty() && who.account == policies.management_account) {
    return "the management account is not limited";  // Rules 185, 187
  }
  if (is_service_linked_role(who)) return "service-linked roles are not limited";  // Rule 186
  return "";
}

std::string_view rcp_exemption(const Request& request, const Policies& policies) {
  const AccountId owner =
      request.resource_account.empty() ? request.principal.account : request.resource_account;
  if (!policies.management_account.empty() && owner == policies.management_account) {
    return "the management account's resources are not limited";  // Rule 205
  }
  if (is_service_linked_role(request.principal)) {
    return "service-linked roles are not limited";  // Rule 206
  }
  const std::string_view service = request.action->service();
  if (!rcp_supports(service)) return "the service does not support RCPs";
  if (service == "kms") {
    if (request.aws_managed_key || request.resource.find(":alias/aws/") != std::string_view::npos) {
      return "AWS managed keys are not limited";  // Rule 207
    }
    if (request.action->name() == "retiregrant") {
      return "kms:RetireGrant is not limited";  // Rule 209
    }
  }
  if (service == "sts" && !is_role_arn(request.resource)) {
    return "of STS only calls on a role are limited";  // Rule 211
  }
  return "";
}

CallRule identity_call_rule(const Request& request, const Policies& policies) {
  const Principal& who = request.principal;
  const Action::Service service = request.action->known_service();
  if (service == Action::Service::iam) {
    if (who.kind == PrincipalKind::federated_user) return CallRule::wrong_credentials;  // Rule 606
    if (who.kind == PrincipalKind::user && who.session_token) {                         // Rule 604
      const auto mfa = request.context == nullptr
                           ? Context::Values{}
                           : request.context->find(Key::aws_multi_factor_auth_present);
      if (!mfa.single() || !equal_ignoring_case(mfa.front(), "true")) {
        return CallRule::wrong_credentials;
      }
    }
    return CallRule::ordinary;
  }
  if (service != Action::Service::sts) return CallRule::ordinary;

  const std::string_view name = request.action->name();
  const bool signed_call = who.kind != PrincipalKind::anonymous &&
                           who.kind != PrincipalKind::web_identity &&
                           who.kind != PrincipalKind::saml;
  // Rules 46, 347: a provider's assertion is good for its own call only.
  const bool with_saml = name == "assumerolewithsaml";
  const bool with_token = name == "assumerolewithwebidentity";
  if ((who.kind == PrincipalKind::saml && (with_token || name == "assumerole")) ||
      (who.kind == PrincipalKind::web_identity && (with_saml || name == "assumerole"))) {
    return CallRule::wrong_credentials;
  }
  if (name == "getcalleridentity") {  // Rule 241
    return signed_call ? CallRule::always_allowed : CallRule::wrong_credentials;
  }
  const bool assumed_root = who.kind == PrincipalKind::root && !policies.session.empty();
  const bool long_term = (who.kind == PrincipalKind::user && !who.session_token) ||
                         (who.kind == PrincipalKind::root && !assumed_root);
  if (name == "getsessiontoken") {  // Rule 242
    return long_term ? CallRule::always_allowed : CallRule::wrong_credentials;
  }
  if (name == "getfederationtoken") {  // Rules 246, 603
    return long_term ? CallRule::ordinary : CallRule::wrong_credentials;
  }
  if (who.kind == PrincipalKind::federated_user) return CallRule::wrong_credentials;  // Rule 606
  if (who.kind == PrincipalKind::root && name == "assumerole") {
    return CallRule::wrong_credentials;  // Rule 226
  }
  if (who.kind == PrincipalKind::user && who.session_token) {
    // Rule 604: of STS only AssumeRole, with what may be passed to it.
    const bool assuming = name == "assumerole" || name == "tagsession" ||
                          name == "setsourceidentity" || name == "setcontext";
    return assuming ? CallRule::ordinary : CallRule::wrong_credentials;
  }
  return CallRule::ordinary;
}

ResourceRule special_resource_rule(const Request& request) {
  const Action::Service service = request.action->known_service();
  if (service == Action::Service::sts) {
    const std::string_view name = request.action->name();
    if (name == "assumerole" || name == "assumerolewithsaml" ||
        name == "assumerolewithwebidentity") {
      return ResourceRule::trust;
    }
    // GetFederationToken's tags are checked on the federated user, which has no policy of its own.
    if (name == "tagsession" || name == "setsourceidentity" || name == "setcontext") {
      return is_role_arn(request.resource) ? ResourceRule::trust : ResourceRule::ordinary;
    }
    return ResourceRule::ordinary;
  }
  if (service == Action::Service::kms) {
    const auto arn = ArnView::parse(request.resource);
    if (arn && arn->service == "kms" && arn->resource.starts_with("key/")) {
      return ResourceRule::key;
    }
  }
  return ResourceRule::ordinary;
}

bool is_bucket_policy_repair(const Request& request) {
  if (request.principal.kind != PrincipalKind::root ||
      request.action->known_service() != Action::Service::s3) {
    return false;
  }
  const bool owner =
      request.resource_account.empty() || request.resource_account == request.principal.account;
  const std::string_view name = request.action->name();
  return owner &&
         (name == "getbucketpolicy" || name == "putbucketpolicy" || name == "deletebucketpolicy");
}

}  // namespace rolecall::policy
