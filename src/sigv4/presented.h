// Reading the claim a request makes: the Authorization header or the presigned query parameters.
// Nothing is proved here; verify.h does that.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "sigv4/request.h"

namespace rolecall::sigv4 {

// Whose rules and words: S3 differs from all the other services in codes, texts and strictness.
enum class Flavor : std::uint8_t {
  standard,   // the Query protocol (IAM, STS, SNS): SignatureDoesNotMatch 403 …
  ec2,        // RequestExpired, AuthFailure 401 …
  json,       // awsJson: InvalidSignatureException 400 …
  rest_json,  // restJson1: the same codes with 403
  s3,
};

enum class Form : std::uint8_t { header, query };

// What the request says about its signer. Views into the request or into its own decoded copy;
// the request must outlive it. Movable, not copyable.
class Presented {
 public:
  Form form = Form::header;
  std::string_view access_key_id;
  std::string_view date;  // of the credential scope, YYYYMMDD
  std::string_view region;
  std::string_view service;
  std::string_view signed_headers;  // "host;x-amz-date"
  std::string_view signature;       // as given; 64 hex digits if it is to match
  std::string_view security_token;  // "" when there is none
  Instant timestamp;
  std::optional<std::int64_t> expires_seconds;  // query form only

  // The timestamp in basic form, whichever header it came from.
  std::string_view timestamp_text() const { return {timestamp_text_.data(), 16}; }
  CredentialScope scope() const { return {date, region, service}; }
  // True when `name` (lower case) stands in signed_headers.
  bool is_signed(std::string_view name) const;

 private:
  friend struct PresentedParser;
  std::array<char, 16> timestamp_text_{};
  std::unique_ptr<char[]> decoded_;  // query values after percent-decoding
};

enum class AuthProblem : std::uint8_t {
  none,                   // no authentication at all: an anonymous request
  several_mechanisms,     // header and query at once, or a header twice
  unsupported_algorithm,  // not AWS4-HMAC-SHA256
  sigv2,                  // "AWS AKID:signature", or AWSAccessKeyId + Signature in the query
  sigv4a,                 // AWS4-ECDSA-P256-SHA256
  not_key_value,          // a component of the header without '='
  incomplete,             // parameters are missing: see `missing`
  malformed_credential,   // not five parts, or an empty access key id
  wrong_terminator,       // the scope does not end in aws4_request
  malformed_scope_date,   // not eight digits
  malformed_date,         // X-Amz-Date or Date cannot be read
  scope_date_mismatch,    // the scope's date is not the timestamp's
  host_not_signed,
  header_not_signed,         // S3: an x-amz-* header the signature does not cover; x-amz-target
  malformed_signed_headers,  // empty, upper case, unsorted or too many names
  expires_not_number,
  expires_negative,
  expires_too_long,  // above a week
};

// Bits of AuthFailure::missing.
inline constexpr unsigned kMissingCredential = 1, kMissingSignature = 2, kMissingSignedHeaders = 4,
                          kMissingDate = 8, kMissingAlgorithm = 16, kMissingExpires = 32;

struct AuthFailure {
  AuthProblem problem = AuthProblem::none;
  Form form = Form::header;
  unsigned missing = 0;
  std::string offending;      // the text AWS repeats in its message; never a signature
  std::string authorization;  // the algorithm the header named
  std::string other;          // scope_date_mismatch: the request's timestamp, basic form
};

inline constexpr std::int64_t kPresignExpiresSecondsMax = 604'800;  // a week: S3 and SigV4 alike

// Parses and checks what can be checked without a key. `input.payload_hash` is not looked at.
//   auto presented = sigv4::parse(input, Flavor::s3);
//   if (!presented && presented.error().problem == AuthProblem::none) → anonymous
std::expected<Presented, AuthFailure> parse(const SigningInput& input, Flavor flavor);

// The answer AWS gives to each failure (none → MissingAuthenticationToken / S3 AccessDenied).
ApiError to_api_error(const AuthFailure& failure, Flavor flavor);

inline constexpr std::int64_t kClockSkewSecondsMax = 900;   // 15 min, header form and S3
inline constexpr std::int64_t kClockAheadSecondsMax = 300;  // standard services: 5 min ahead

// Too old, not yet valid, or a presigned request past its time; nullopt when current.
std::optional<ApiError> check_time(const Presented& presented, Instant now, Flavor flavor);

// Whether `text` has the form of a region: "us-east-1", "us-gov-west-1". Regions that AWS adds
// later are regions, too.
bool is_region_form(std::string_view text);

// The scope names another service than the one called, another region (when `region` is not empty)
// or something that is no region. nullopt when right.
std::optional<ApiError> check_scope(const Presented& presented, std::string_view service,
                                    std::string_view region, Flavor flavor);

}  // namespace rolecall::sigv4
