// The STS operations the client needs, as functions.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "client/cache.h"
#include "client/credentials.h"
#include "client/endpoint.h"

namespace rolecall::client {

// What a role profile asks for. Beyond the AWS CLI's settings: source_identity, tags, transitive
// tags, a session policy and policy ARNs.
struct RoleRequest {
  std::string role_arn;
  std::optional<std::string> role_session_name, external_id, mfa_serial, mfa_code;
  std::optional<std::int32_t> duration_seconds;
  std::optional<std::string> source_identity, policy;
  std::vector<std::pair<std::string, std::string>> tags;
  std::vector<std::string> transitive_tag_keys, policy_arns;
};

Result<CachedSession> assume_role(Session& session, const RoleRequest& request,
                                  const Credentials& as, const Target& target);
Result<CachedSession> assume_role_with_web_identity(Session& session, const RoleRequest& request,
                                                    const std::string& token, const Target& target);
Result<CachedSession> get_session_token(Session& session, const std::string& mfa_serial,
                                        const std::string& mfa_code,
                                        std::optional<std::int32_t> duration_seconds,
                                        const Credentials& as, const Target& target);

struct CallerIdentity {
  std::string account, arn, user_id;
};
Result<CallerIdentity> get_caller_identity(Session& session, const Credentials& as,
                                           const Target& target);

}  // namespace rolecall::client
