// One signed call of a modelled operation: input → request → signature → HTTP → output or failure.
// Throttling, 5xx and broken connections are tried again; S3's hints about a bucket's region are
// followed.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "client/credentials.h"
#include "client/endpoint.h"
#include "client/transport.h"
#include "http/client.h"
#include "wire/protocol.h"

namespace rolecall::client {

inline constexpr int kAttemptsMax = 3;  // the AWS CLI v2's "standard" mode

struct CallOptions {
  CallTimeouts timeouts = {};
  http::ConnectionPool* pool = nullptr;  // keeps connections for the next call
  int attempts_max = kAttemptsMax;
  int cancel_fd = -1;  // readable: the call ends at once
  // Whether a source sent to S3 over TLS is hashed for the signature too.
  bool sign_body = false;

  // The body of an operation with streaming input: one of the two. Both must outlive the call.
  std::string_view body = {};
  http::BodySource* source = nullptr;
  // The body of a successful answer with streaming output, piece by piece; false ends the call.
  // on_start comes before the first piece of every attempt: what came before it is void.
  std::function<bool(const http::ClientResponse& head)> on_start = {};
  std::function<bool(std::string_view piece)> on_body = {};

  // The bucket's region, where S3 sends the call elsewhere: worth remembering for the next one.
  std::function<void(const std::string& region)> on_region = {};

  // Lines about what is sent and answered, without secrets.
  std::function<void(std::string_view line)> trace = {};
};

// What came back. `body`: for operations whose output is streamed, unless it went to on_body.
struct Called {
  wire::Value output;
  int status = 200;
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
};

// `credentials` may be null for operations that need none. A refusal reads "An error occurred
// (CODE) when calling the OPERATION operation: …".
Result<Called> call(Session& session, const wire::Operation& operation, const void* input,
                    const Credentials* credentials, const Target& target,
                    const CallOptions& options = {});

}  // namespace rolecall::client
