// What a signature covers, and the texts made from it: canonical request and string to sign
// (AWS: "Create a signed AWS API request"). Bytes as received go in; nothing is decoded before.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/hash.h"

namespace rolecall::sigv4 {

struct HeaderView {
  std::string_view name;   // any case
  std::string_view value;  // as received; may hold folded lines
};

// How a service wants the path in the canonical request.
enum class PathStyle : std::uint8_t {
  standard,      // dot segments and double slashes removed, then encoded once more
  unnormalized,  // encoded once more, otherwise as sent
  s3,            // the object key's bytes encoded once; nothing removed
};
// "s3", "s3-outposts", "s3-object-lambda", "s3express" → s3, everything else → standard.
PathStyle path_style_of(std::string_view signing_name);

// All views into the request, which must outlive it. Headers keep their order and duplicates.
struct SigningInput {
  std::string_view method = {};
  std::string_view path = {};  // as on the request line, undecoded, without the query; "" means "/"
  std::string_view query = {};  // as on the request line, without '?'
  std::span<const HeaderView> headers = {};
  // What stands last in the canonical request: the body's SHA-256 in hex, or the value of
  // x-amz-content-sha256 (UNSIGNED-PAYLOAD, STREAMING-…).
  std::string_view payload_hash = {};
  PathStyle path_style = PathStyle::standard;
};

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kTerminator = "aws4_request";
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kEmptyPayloadHash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// The value of x-amz-content-sha256.
enum class PayloadMode : std::uint8_t {
  signed_body,                 // 64 hex digits
  unsigned_body,               // UNSIGNED-PAYLOAD
  streaming_signed,            // STREAMING-AWS4-HMAC-SHA256-PAYLOAD
  streaming_signed_trailer,    // STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER
  streaming_unsigned_trailer,  // STREAMING-UNSIGNED-PAYLOAD-TRAILER
};
// nullopt for anything else, the SigV4A (ECDSA) modes among it.
std::optional<PayloadMode> payload_mode(std::string_view content_sha256);
constexpr bool is_streaming(PayloadMode mode) { return mode >= PayloadMode::streaming_signed; }

// Bounds of canonicalisation. SAFETY: both are sorted, so they are counted first.
inline constexpr std::size_t kQueryParametersMax = 2'000;  // AWS's own Query requests stay below
inline constexpr std::size_t kSignedHeadersMax = 200;      // http/ takes no more header lines

struct CredentialScope {
  std::string_view date;  // YYYYMMDD
  std::string_view region;
  std::string_view service;
};

// Appends the canonical request. `signed_headers` is the list as presented ("host;x-amz-date").
// X-Amz-Signature is left out of the query. False (and `out` unspecified) when the request has
// more parameters or signed headers than the bounds above.
bool append_canonical_request(std::string& out, const SigningInput& input,
                              std::string_view signed_headers);
// `timestamp` is the basic form, "20261122T045337Z".
void append_string_to_sign(std::string& out, std::string_view timestamp,
                           const CredentialScope& scope, std::string_view canonical_request);

}  // namespace rolecall::sigv4
