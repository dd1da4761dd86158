#include "shell/settings.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "calls/names.h"
#include "wire/shape.h"

namespace rolecall::shell {
namespace {

constexpr std::string_view kProfile[] = {
    // Who.
    "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token",
    "aws_account_id", "role_arn", "source_profile", "credential_source", "external_id",
    "mfa_serial", "role_session_name", "duration_seconds", "web_identity_token_file",
    "credential_process", "login_session", "sso_session", "sso_account_id", "sso_role_name",
    "sso_start_url", "sso_region",
    // Ours.
    "source_identity", "session_tags", "transitive_tag_keys", "session_policy",
    "session_policy_arns", "mfa_process", "share_aws_cli_cache", "rolecall_account_name",
    // Where and how.
    "region", "output", "services", "endpoint_url", "ignore_configured_endpoint_urls", "ca_bundle",
    "retry_mode", "max_attempts", "parameter_validation", "tcp_keepalive", "use_fips_endpoint",
    "use_dualstack_endpoint", "defaults_mode", "sts_regional_endpoints",
    "sigv4a_signing_region_set", "auth_scheme_preference", "account_id_endpoint_mode",
    "request_checksum_calculation", "response_checksum_validation", "disable_request_compression",
    "request_min_compression_size_bytes", "sdk_ua_app_id", "disable_host_prefix_injection",
    "s3_disable_express_session_auth", "s3_disable_multiregion_access_points", "s3_use_arn_region",
    "s3_us_east_1_regional_endpoint", "endpoint_discovery_enabled", "api_versions", "data_path",
    "metadata_service_timeout", "metadata_service_num_attempts", "ec2_metadata_service_endpoint",
    "ec2_metadata_service_endpoint_mode", "ec2_metadata_v1_disabled", "imds_use_ipv6",
    "connect_timeout", "read_timeout", "signature_version", "payload_signing_enabled",
    "addressing_style", "use_accelerate_endpoint", "sso_registration_scopes",
    // The AWS CLI's manner.
    "cli_pager", "cli_auto_prompt", "cli_timestamp_format", "cli_binary_format", "cli_history",
    "cli_help_output", "cli_error_format", "cli_follow_urlparam", "color"};

constexpr std::string_view kSsoSession[] = {"sso_start_url", "sso_region",
                                            "sso_registration_scopes"};

constexpr std::string_view kRegions[] = {
    "af-south-1",     "ap-east-1",      "ap-east-2",      "ap-northeast-1", "ap-northeast-2",
    "ap-northeast-3", "ap-south-1",     "ap-south-2",     "ap-southeast-1", "ap-southeast-2",
    "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-7", "ca-central-1",
    "ca-west-1",      "cn-north-1",     "cn-northwest-1", "eu-central-1",   "eu-central-2",
    "eu-north-1",     "eu-south-1",     "eu-south-2",     "eu-west-1",      "eu-west-2",
    "eu-west-3",      "il-central-1",   "me-central-1",   "me-south-1",     "mx-central-1",
    "sa-east-1",      "us-east-1",      "us-east-2",      "us-gov-east-1",  "us-gov-west-1",
    "us-west-1",      "us-west-2"};

constexpr std::size_t kNameBytesMax = 64;  // longer names are not compared: none of ours is
constexpr std::size_t kSlipsMax = 2;

}  // namespace

std::span<const std::string_view> profile_settings() {
  // A service has a group of settings under its own name and under its command's.
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> out(std::begin(kProfile), std::end(kProfile));
    for (const wire::Service* service : wire::all_services()) {
      out.push_back(service->name);
      const std::string_view command = calls::command_of(*service);
      if (command != service->name) out.push_back(command);
    }
    return out;
  }();
  return all;
}
std::span<const std::string_view> sso_session_settings() { return kSsoSession; }
std::span<const std::string_view> regions() { return kRegions; }

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] != b[j - 1])});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before.swap(row);
    row.swap(next);
  }
  return row[b.size()];
}

std::optional<std::string_view> meant_setting(std::string_view name,
                                              std::span<const std::string_view> known) {
  if (name.size() > kNameBytesMax) return std::nullopt;
  std::string plain(name);  // hyphens for underscores are the usual slip
  std::replace(plain.begin(), plain.end(), '-', '_');
  // Short names are near to everything.
  std::size_t best = name.size() < 6 ? 2 : kSlipsMax + 1;
  std::optional<std::string_view> out;
  for (const std::string_view other : known) {
    if (other == name) return std::nullopt;
    const std::size_t distance = edit_distance(plain, other);
    if (distance < best) {
      best = distance;
      out = other;
    }
  }
  return out;
}

}  // namespace rolecall::shell
