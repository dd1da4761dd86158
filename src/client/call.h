// One signed call of a modelled operation: input → request → signature → HTTP → output or failure.
// Throttling, 5xx and broken connections are tried again.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "client/credentials.h"
#include "client/endpoint.h"
#include "wire/protocol.h"

namespace rolecall::client {

inline constexpr int kAttemptsMax = 3;  // the AWS CLI v2's "standard" mode

// What came back, for operations whose body is the caller's.
struct Called {
  wire::Value output;
  int status = 200;
  std::string body;
};

// `credentials` may be null for operations that need none. A refusal reads "An error occurred
// (CODE) when calling the OPERATION operation: …".
Result<Called> call(Session& session, const wire::Operation& operation, const void* input,
                    const Credentials* credentials, const Target& target,
                    std::string_view streamed_body = {});

}  // namespace rolecall::client
