#include "services/s3/integrity.h"

#include <algorithm>
#include <optional>

#include "base/encoding.h"
#include "crypto/checksum.h"
#include "crypto/hash.h"
#include "services/s3/errors.h"
#include "services/s3/facts.h"

namespace rolecall::s3 {
namespace {

constexpr std::string_view kPrefix = "x-amz-checksum-";

// x-amz-checksum-… headers that name no sum: CreateMultipartUpload, CompleteMultipartUpload,
// GetObject.
bool is_about_checksums(std::string_view rest) {
  return equal_ignoring_case(rest, "algorithm") || equal_ignoring_case(rest, "type") ||
         equal_ignoring_case(rest, "mode");
}

std::optional<std::string_view> find(std::span<const wire::HeaderView> headers,
                                     std::string_view name) {
  for (const auto& header : headers) {
    if (equal_ignoring_case(header.name, name)) return header.value;
  }
  return std::nullopt;
}

Status check_md5(std::string_view given, std::string_view body) {
  const auto raw = base64_decode(given);
  if (!raw || raw->size() != 16) return invalid_digest(given);
  const std::string sum = base64_encode(as_text(crypto::md5(body)));
  if (sum == given) return {};
  ApiError e = bad_digest("The Content-MD5 you specified did not match what we received.");
  e.details = {{"ExpectedDigest", std::string(given)}, {"CalculatedDigest", sum}};
  return e;
}

}  // namespace

Status check_integrity_names(std::span<const wire::HeaderView> headers) {
  for (const auto& header : headers) {
    if (!starts_with_ignoring_case(header.name, kPrefix)) continue;
    if (crypto::checksum_algorithm_of_header(header.name)) continue;
    if (is_about_checksums(std::string_view(header.name).substr(kPrefix.size()))) continue;
    return invalid_request(
        "The algorithm type you specified in x-amz-checksum- header is invalid.");
  }
  if (const auto trailer = find(headers, "x-amz-trailer")) {
    for (std::string_view rest = *trailer; !rest.empty();) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const std::string_view name = trim(rest.substr(0, comma));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      if (!name.empty() && !crypto::checksum_algorithm_of_header(name)) {
        return invalid_request("The value specified in the x-amz-trailer header is not supported");
      }
    }
  }
  return {};
}

Status check_body(const wire::Operation& operation, std::span<const wire::HeaderView> headers,
                  std::span<const std::pair<std::string, std::string>> trailers,
                  std::string_view body) {
  const auto md5 = find(headers, "content-md5");
  if (md5) RC_CHECK(check_md5(*md5, body));
  int sums = 0;
  const auto check_sum = [&](std::string_view name, std::string_view value) -> Status {
    const auto algorithm = crypto::checksum_algorithm_of_header(name);
    if (!algorithm) return {};
    if (++sums > 1) {
      return invalid_request(
          "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
    }
    const auto raw = base64_decode(value);
    if (!raw || raw->size() != checksum_bytes(*algorithm)) return bad_checksum_value(*algorithm);
    crypto::Checksum sum(*algorithm);
    sum.update(body);
    if (sum.finish_base64() != value) return checksum_mismatch(*algorithm);
    return {};
  };
  // Elsewhere the header speaks of something else than this body (CompleteMultipartUpload: of the
  // object).
  if (!operation.checksum_required && operation.checksum_member.empty()) return {};
  for (const auto& header : headers) RC_CHECK(check_sum(header.name, header.value));
  for (const auto& [name, value] : trailers) RC_CHECK(check_sum(name, value));
  if (operation.checksum_required && !md5 && sums == 0) {
    return invalid_request(
        "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  }
  return {};
}

}  // namespace rolecall::s3
