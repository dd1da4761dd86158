// Who is calling: what authentication proved, in the form that authorization and operations need.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "identity/entities.h"

namespace rolecall::identity {

enum class SessionKind : std::uint8_t {
  assumed_role,   // AssumeRole and its kin
  session_token,  // GetSessionToken: a user (or root) with an expiry
  federated_user  // GetFederationToken
};

// What temporary credentials carry. The session token is this, sealed (sessions.h); the server
// keeps none.
struct Session {
  SessionKind kind = SessionKind::assumed_role;
  std::string access_key_id;  // ASIA…
  AccountId account;
  std::string principal_id;  // unique id of the role (AROA…) or user (AIDA…); empty: root
  std::string name;          // session name, or the federated user's name
  Instant issued;
  Instant expires;
  std::vector<std::string> policies;     // inline session policy texts (at most one today)
  std::vector<std::string> policy_arns;  // managed session policies
  Tags tags;                             // session tags, transitive ones included
  std::vector<std::string> transitive_keys;
  std::string source_identity;
  std::optional<Instant> mfa_at;  // when MFA was given; nullopt: it was not
  bool chained = false;           // obtained with a role's credentials
  std::string federated_provider;
  // The inline policies ready for deciding: made by whoever opens a token, no part of what is
  // sealed.
  std::vector<PolicyRef> inline_documents;
};

enum class CallerKind : std::uint8_t {
  anonymous,
  root,
  user,
  assumed_role,
  federated_user,
  service
};

// Lives as long as the request. The entities are those of the snapshot that authenticated the call.
struct Caller {
  CallerKind kind = CallerKind::anonymous;
  AccountId account;    // empty when anonymous
  std::string arn;      // session ARN for roles; "anonymous" for nobody
  std::string user_id;  // aws:userid (Rule 516)
  std::string access_key_id;
  std::shared_ptr<const User> user;  // kind user, federated_user (who federated), session_token
  std::shared_ptr<const Role> role;  // kind assumed_role
  std::shared_ptr<const Session> session;  // temporary credentials only
  std::string service_principal;           // kind service: "ec2.amazonaws.com"

  bool is_temporary() const { return session != nullptr; }
};

}  // namespace rolecall::identity
