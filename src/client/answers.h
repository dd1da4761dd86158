// The JSON that programs and metadata services answer, read strictly. Pure functions; what comes in
// is anybody's.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "client/credentials.h"

namespace rolecall::client {

// What a credential_process prints: {Version: 1, AccessKeyId, SecretAccessKey, …}.
Result<Credentials> parse_process_output(std::string_view text);

// A container's credentials endpoint: {AccessKeyId, SecretAccessKey, Token, Expiration}.
Result<Credentials> parse_container_answer(std::string_view text);

// IMDS's …/security-credentials/ROLE. nullopt: it says that there are none (a Code other than
// Success, a member missing).
std::optional<Credentials> parse_instance_answer(std::string_view text);

// A file of ~/.aws/sso/cache.
struct SsoToken {
  Secret access_token;
  Instant expires;
};
std::optional<SsoToken> parse_sso_token(std::string_view text);

// The SSO portal's {"roleCredentials": {…, "expiration": milliseconds}}.
std::optional<Credentials> parse_sso_answer(std::string_view text);

}  // namespace rolecall::client
