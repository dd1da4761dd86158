// Signing, for clients and for requests passed on to another backend.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "sigv4/key.h"
#include "sigv4/request.h"

namespace rolecall::sigv4 {

struct Credentials {
  std::string access_key_id;
  Secret secret_key;
  std::string session_token;  // "" for long-term keys
};

struct SignTarget {
  std::string_view region;
  std::string_view service;
};

enum class ContentHashHeader : std::uint8_t { omit, add };  // x-amz-content-sha256; S3 wants it

struct SignedRequest {
  // To be added to the request: Authorization, X-Amz-Date, X-Amz-Security-Token (with a session
  // token), x-amz-content-sha256 (if asked for).
  std::vector<std::pair<std::string, std::string>> headers;
  std::string signature;  // the seed for a ChunkedEncoder
  std::string timestamp;  // basic form
  // The stages, for vectors and for explaining mismatches.
  std::string canonical_request;
  std::string string_to_sign;
};

// `input.headers` must hold Host and none of the headers above. All of them are signed but
// those that a hop may change (Connection, Expect, User-Agent, X-Amzn-Trace-Id, Transfer-Encoding).
// `input.payload_hash` is the body's SHA-256 or one of the constants of request.h.
// `cache` may be null; then the key is derived for this call.
SignedRequest sign(const SigningInput& input, const Credentials& credentials,
                   const SignTarget& target, Instant now,
                   ContentHashHeader content_hash = ContentHashHeader::omit,
                   SigningKeyCache* cache = nullptr);

struct PresignedRequest {
  std::string query;  // the whole new query, X-Amz-Signature last
  std::string signature;
  std::string canonical_request;
  std::string string_to_sign;
};

// Precondition: 0 < expires_seconds <= kPresignExpiresSecondsMax. For S3 give kUnsignedPayload as
// the payload hash. Headers in `input` (Host at least) are signed as above.
PresignedRequest presign(const SigningInput& input, const Credentials& credentials,
                         const SignTarget& target, Instant now, std::int64_t expires_seconds);

}  // namespace rolecall::sigv4
