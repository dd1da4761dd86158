// Who asks for what. Views only: everything must outlive the call to decide().
#pragma once

#include <cstdint>
#include <string_view>

#include "base/ids.h"
#include "policy/action.h"
#include "policy/context.h"

namespace rolecall::policy {

enum class PrincipalKind : std::uint8_t {
  anonymous,
  user,            // long-term keys, or GetSessionToken's (session_token is then true)
  role_session,    // AssumeRole and its family, instance profiles, service-linked roles
  federated_user,  // GetFederationToken
  root,            // a session policy beside it makes it an AssumeRoot session (Rule 227)
  service,         // an AWS service calling on its own behalf
  web_identity,    // unsigned AssumeRoleWithWebIdentity
  saml,            // unsigned AssumeRoleWithSAML
};

struct Principal {
  PrincipalKind kind = PrincipalKind::anonymous;
  // The caller's ARN as in texts: user, assumed-role session, federated-user or root ARN; a
  // service's host name; the provider's ARN; "anonymous".
  std::string_view arn = "anonymous";
  AccountId account = {};         // empty for services and anonymous callers
  std::string_view user_id = {};  // the value of aws:userid (Rule 516)
  // role_session only: the role's ARN with its path (Rule 343). "/aws-service-role/" in it marks a
  // service-linked role (Rules 186, 206).
  std::string_view role_arn = {};
  std::string_view federating_user_arn = {};  // federated_user only (Rule 165)
  std::string_view canonical_user_id = {};    // the account's, for S3's CanonicalUser (Rule 348)
  bool session_token = false;                 // GetSessionToken credentials (Rules 170, 604)
};

struct Request {
  Principal principal;
  const Action* action = nullptr;    // never null
  std::string_view resource = "*";   // an ARN, or "*" for operations without a resource (Rule 111)
  AccountId resource_account = {};   // the owner; empty is taken as the caller's own account
  const Context* context = nullptr;  // null: no keys at all
  bool aws_managed_key = false;      // the resource is an AWS managed KMS key (Rule 207)
};

}  // namespace rolecall::policy
