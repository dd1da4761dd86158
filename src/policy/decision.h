// The question "may this request pass?" and its answer.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "policy/document.h"
#include "policy/request.h"

namespace rolecall::policy {

class Program;

// A compiled document with the name people know it by: a policy's ARN or an inline policy's name.
struct PolicyRef {
  const Document* document = nullptr;  // null: there is none
  std::string_view name = {};
};
using PolicySpan = std::span<const PolicyRef>;

// Everything that applies to one request. Views: must outlive the call.
struct Policies {
  // User: own inline and attached, and those of its groups (Rule 106). Role session: the role's.
  // Federated user: those of the user who federated. Root: empty.
  PolicySpan identity = {};
  PolicyRef boundary = {};
  // Inline and managed session policies, one set (Rule 152); AssumeRoot's task policy.
  PolicySpan session = {};
  // One span a level, organization root first, the account last. Empty: no organization.
  std::span<const PolicySpan> scps = {};  // of the caller's account
  std::span<const PolicySpan> rcps = {};  // of the resource's account; customer-written ones only
  // The resource's own policy; the trust policy when the resource is a role to assume.
  PolicyRef resource = {};
  PolicyRef endpoint = {};            // VPC endpoint policy
  AccountId management_account = {};  // exempt from SCPs and RCPs (Rules 185, 205); empty: none
  // Optional: identity, boundary, session and scps combined beforehand. When given, those four
  // must be the ones it was built from (they still name what decided).
  const Program* program = nullptr;
};

enum class Effect : std::uint8_t { deny, allow };

// In the order in which an explicit denial is named (Rule 804).
enum class Layer : std::uint8_t { none, scp, rcp, identity, boundary, session, resource, endpoint };

enum class Reason : std::uint8_t {
  // allow
  identity_allow,       // an identity policy, within all limits
  resource_allow,       // the resource policy (or trust policy) alone
  both_allow,           // both sides, where both were needed (Rules 121, 167, 255)
  root_user,            // Rule 221
  needs_no_permission,  // Rules 241, 242
  // deny
  explicit_deny,      // `layer` says where
  no_allow,           // implicit: `layer` is the one that lacks an Allow
  credential_kind,    // these credentials may not make the call (Rules 226, 603 to 606)
  unreadable_policy,  // a stored document could not be compiled; `layer` says where
  invalid_request,    // no action: nothing to decide
};

// A plain value; no allocation is made for it.
struct Decision {
  static constexpr std::uint16_t kNone = 0xFFFF;
  Effect effect = Effect::deny;
  Reason reason = Reason::invalid_request;
  Layer layer = Layer::none;        // whose statement or whose silence decided
  std::uint16_t level = kNone;      // scp, rcp: which level (0 = organization root)
  std::uint16_t policy = kNone;     // index into that layer's span
  std::uint16_t statement = kNone;  // index into the document's statements
  bool same_account = true;         // principal and resource
  bool trust = false;               // the resource layer is a role's trust policy

  bool allowed() const { return effect == Effect::allow; }
  bool explicitly_denied() const {
    return reason == Reason::explicit_deny || reason == Reason::unreadable_policy;
  }
};

// Decides by all layers (Rules 101 to 271). Allocates nothing, except when a policy variable makes
// a pattern longer than 1 KB. Fails closed. Safe from any thread.
//   if (!decide(request, policies).allowed()) …
Decision decide(const Request& request, const Policies& policies);

// "Allowed", "ImplicitlyDenied" or "ExplicitlyDenied".
std::string_view outcome_name(const Decision& decision);
std::string_view reason_name(Reason reason);
std::string_view layer_name(Layer layer);

// What decided, by name: nullptr document when the decision names none.
PolicyRef deciding_policy(const Policies& policies, const Decision& decision);

// How denials are worded.
struct DenialOptions {
  bool quote_resource = false;     // S3's form: on resource: "arn:…" (Rule 810)
  bool lower_case_action = false;  // SQS's form: sqs:sendmessage (Rule 814)
  // Rule 805: name the policy's ARN after an explicit deny, where AWS would. Off by default.
  bool name_policy = false;
  // Rule 808: AssumeRole gives its reason within one account only; the caller decides for others.
  bool with_reason = true;
};

// "because no identity-based policy allows the s3:GetObject action",
// "with an explicit deny in a service control policy", … "" for an allow and for credential_kind.
std::string denial_reason(const Request& request, const Policies& policies,
                          const Decision& decision, const DenialOptions& options = {});

// "User: ARN is not authorized to perform: ACTION on resource: RESOURCE because …" (Rules 801 to
// 810); "Not authorized to perform sts:AssumeRoleWithSAML" for unsigned callers.
// Precondition: !decision.allowed().
std::string denial_text(const Request& request, const Policies& policies, const Decision& decision,
                        const DenialOptions& options = {});

}  // namespace rolecall::policy
