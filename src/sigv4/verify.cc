#include "sigv4/verify.h"

#include "base/encoding.h"

namespace rolecall::sigv4 {
namespace {

// The long-form bytes S3 lists beside a text: two hex digits each, blanks between.
std::string spaced_hex(std::string_view text) {
  std::string out;
  out.reserve(text.size() * 3);
  for (const char c : text) {
    if (!out.empty()) out.push_back(' ');
    char digits[2];
    const auto byte = static_cast<std::uint8_t>(c);
    crypto::hex_into({&byte, 1}, digits);
    out.append(digits, 2);
  }
  return out;
}

}  // namespace

std::expected<VerifiedSignature, Mismatch> verify(const Presented& presented,
                                                  const SigningInput& input,
                                                  const SigningKey& key) {
  std::string canonical;
  canonical.reserve(1'024 + input.query.size());
  std::string to_sign;
  // Exceeding the bounds leaves the signature unmatched, by an empty string to sign.
  bool matches = append_canonical_request(canonical, input, presented.signed_headers);
  VerifiedSignature verified;
  if (matches) {
    to_sign.reserve(192);
    append_string_to_sign(to_sign, presented.timestamp_text(), presented.scope(), canonical);
    crypto::hex_into(key.sign(to_sign), verified.signature_.data());
    matches = crypto::equal_constant_time(verified.signature(), presented.signature);
  }
  if (!matches) {
    return std::unexpected(Mismatch{std::move(canonical), std::move(to_sign),
                                    std::string(presented.access_key_id),
                                    std::string(presented.signature)});
  }
  verified.access_key_id_ = presented.access_key_id;
  verified.form_ = presented.form;
  return verified;
}

ApiError to_api_error(const Mismatch& mismatch, Flavor flavor) {
  if (flavor == Flavor::s3) {
    ApiError error = ApiError::make(
        403, "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your "
        "key and signing method.");
    error.details = {{"AWSAccessKeyId", mismatch.access_key_id},
                     {"StringToSign", mismatch.string_to_sign},
                     {"SignatureProvided", mismatch.signature_provided},
                     {"StringToSignBytes", spaced_hex(mismatch.string_to_sign)},
                     {"CanonicalRequest", mismatch.canonical_request},
                     {"CanonicalRequestBytes", spaced_hex(mismatch.canonical_request)}};
    return error;
  }
  if (flavor == Flavor::ec2) {
    return ApiError::make(401, "AuthFailure",
                          "AWS was not able to validate the provided access credentials");
  }
  const bool json = flavor == Flavor::json || flavor == Flavor::rest_json;
  return ApiError::make(
      flavor == Flavor::json ? 400 : 403,
      json ? "InvalidSignatureException" : "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your "
      "AWS Secret Access Key and signing method. Consult the service documentation for details.");
}

std::string explain(const Mismatch& mismatch) {
  std::string text = "The Canonical String for this request should have been\n'";
  text.append(mismatch.canonical_request);
  text.append("'\n\nThe String-to-Sign should have been\n'");
  text.append(mismatch.string_to_sign);
  text.append("'\n");
  return text;
}

}  // namespace rolecall::sigv4
