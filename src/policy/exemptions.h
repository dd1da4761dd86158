// Whom and what organization policies leave alone, and which calls no policy decides.
#pragma once

#include <string_view>

#include "policy/decision.h"

namespace rolecall::policy {

// Why SCPs or RCPs do not limit this request; "" when they do.
std::string_view scp_exemption(const Request& request, const Policies& policies);
std::string_view rcp_exemption(const Request& request, const Policies& policies);

enum class CallRule : std::uint8_t { ordinary, always_allowed, wrong_credentials };
// Rules 226, 241, 242, 603 to 606.
CallRule identity_call_rule(const Request& request, const Policies& policies);
inline CallRule call_rule(const Request& request, const Policies& policies) {
  const Action::Service service = request.action->known_service();
  const bool own_rules = service == Action::Service::iam || service == Action::Service::sts;
  return own_rules ? identity_call_rule(request, policies) : CallRule::ordinary;
}

// The resource's own policy must allow; an identity Allow alone never suffices: roles to assume
// (Rule 251) and KMS keys (Rule 243).
enum class ResourceRule : std::uint8_t { ordinary, trust, key };
ResourceRule special_resource_rule(const Request& request);
inline ResourceRule resource_rule(const Request& request) {
  const Action::Service service = request.action->known_service();
  const bool own_rules = service == Action::Service::sts || service == Action::Service::kms;
  return own_rules ? special_resource_rule(request) : ResourceRule::ordinary;
}

// Rule 225: the owner's root user may always repair a bucket policy.
bool is_bucket_policy_repair(const Request& request);

bool is_service_linked_role(const Principal& principal);
// Whether RCPs can limit the service's resources (Rule 208). `service` folded.
bool rcp_supports(std::string_view service);

}  // namespace rolecall::policy
