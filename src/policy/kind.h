// What a policy document is used as: decides what it may contain and how errors are worded.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rolecall::policy {

enum class Kind : std::uint8_t {
  managed,   // CreatePolicy, CreatePolicyVersion
  inline_,   // Put{User,Group,Role}Policy
  boundary,  // a managed policy used as a permissions boundary
  session,   // the Policy parameter of the AssumeRole family and GetFederationToken
  trust,     // a role's AssumeRolePolicyDocument
  bucket,    // S3
  queue,     // SQS
  topic,     // SNS
  key,       // KMS
  resource,  // any other resource-based policy, VPC endpoint policies included
  scp,
  rcp,
};

// "managed", "inline", "boundary", … and lint's words "identity" (= inline) and "resource".
std::optional<Kind> parse_kind(std::string_view name);
std::string_view kind_name(Kind kind);

// Kinds whose statements carry a Principal.
constexpr bool has_principal(Kind kind) {
  switch (kind) {
    case Kind::trust:
    case Kind::bucket:
    case Kind::queue:
    case Kind::topic:
    case Kind::key:
    case Kind::resource:
    case Kind::rcp:
      return true;
    default:
      return false;
  }
}

}  // namespace rolecall::policy
