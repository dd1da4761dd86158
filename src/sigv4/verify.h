// The proof that a request was signed by the holder of a secret.
#pragma once

#include <array>
#include <expected>
#include <string>
#include <string_view>

#include "base/error.h"
#include "sigv4/key.h"
#include "sigv4/presented.h"
#include "sigv4/request.h"

namespace rolecall::sigv4 {

struct Mismatch;

// Made by verify() only: who holds one has seen a right signature. Owns its data.
class VerifiedSignature {
 public:
  const std::string& access_key_id() const { return access_key_id_; }
  // 64 lower-case hex digits: the seed of a chunked body's signatures.
  std::string_view signature() const { return {signature_.data(), signature_.size()}; }
  Form form() const { return form_; }

 private:
  VerifiedSignature() = default;
  friend std::expected<VerifiedSignature, Mismatch> verify(const Presented&, const SigningInput&,
                                                           const SigningKey&);
  std::string access_key_id_;
  std::array<char, 64> signature_{};
  Form form_ = Form::header;
};

// What we calculated; shown to the caller as AWS does. Holds no secret and not our signature.
struct Mismatch {
  std::string canonical_request;
  std::string string_to_sign;
  std::string access_key_id;
  std::string signature_provided;
};

// `key` is derived for presented.scope(). Constant-time in the signature.
//   const auto& key = cache.get(presented.access_key_id, secret, presented.scope());
//   auto verified = sigv4::verify(presented, input, key);
std::expected<VerifiedSignature, Mismatch> verify(const Presented& presented,
                                                  const SigningInput& input, const SigningKey& key);

// SignatureDoesNotMatch (403) in the service's words; S3 adds StringToSign, CanonicalRequest ….
ApiError to_api_error(const Mismatch& mismatch, Flavor flavor);

// "The Canonical String for this request should have been …": what IAM and STS append to the
// message in its long form; append it where a developer debugs a signer.
std::string explain(const Mismatch& mismatch);

}  // namespace rolecall::sigv4
