// The encoded message of a refused call: what was asked and why it was refused, compressed and
// sealed, so that only sts:DecodeAuthorizationMessage of the caller's own account can read it
// (Rule 812; API DecodeAuthorizationMessage).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/random.h"
#include "base/secret.h"
#include "crypto/seal.h"

namespace rolecall::audit {

inline constexpr std::size_t kEncodedMessageCharactersMax = 10'240;  // the model's limit

using KeyValues = std::vector<std::pair<std::string, std::vector<std::string>>>;

struct MatchedStatement {
  std::string id;      // its Sid
  std::string effect;  // "DENY" or "ALLOW"
  std::string policy;  // name or ARN of the policy it stands in
  std::vector<std::string> principals, actions, resources;
  KeyValues conditions;  // key → the policy's values
};

struct AuthorizationMessage {
  bool allowed = false;
  bool explicit_deny = false;
  std::vector<MatchedStatement> matched;
  std::vector<std::string> failures;  // what could not be evaluated: missing condition keys
  std::string principal_id;           // aws:userid
  std::string principal_name;
  std::string principal_arn;
  std::string action;
  std::string resource;
  KeyValues conditions;  // the request's context
};

// AWS's JSON form of it.
std::string to_json(const AuthorizationMessage& message);

// Thread-safe; one for each server.
class AuthorizationMessages {
 public:
  explicit AuthorizationMessages(const Secret& master_key);

  // At most kEncodedMessageCharactersMax characters: a message too long for that loses its
  // conditions, then its matched statements. `account` is the refused caller's.
  std::string encode(AuthorizationMessage message, AccountId account, Random& random) const;
  // The JSON; nullopt when it is none of ours, was altered, or belongs to another account.
  std::optional<std::string> decode(std::string_view encoded, AccountId account) const;

 private:
  crypto::SealingKey key_;
};

}  // namespace rolecall::audit
