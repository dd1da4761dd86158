#include "sigv4/sign.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "base/error.h"
#include "sigv4/presented.h"

namespace rolecall::sigv4 {
namespace {

// What a proxy or an HTTP library may change on the way.
constexpr std::array<std::string_view, 6> kNeverSigned = {
    "authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id"};

std::string signed_list(std::span<const HeaderView> headers) {
  std::vector<std::string> names;
  for (const HeaderView& header : headers) {
    std::string name = ascii_lower(header.name);
    if (std::find(kNeverSigned.begin(), kNeverSigned.end(), name) == kNeverSigned.end()) {
      names.push_back(std::move(name));
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::string list;
  for (const std::string& name : names) {
    if (!list.empty()) list.push_back(';');
    list.append(name);
  }
  return list;
}

std::string scope_text(const CredentialScope& scope) {
  std::string text(scope.date);
  text.append("/").append(scope.region).append("/").append(scope.service).append("/");
  return text.append(kTerminator);
}

std::string signature_of(std::string_view string_to_sign, const Credentials& credentials,
                         const CredentialScope& scope, SigningKeyCache* cache) {
  const auto digest = cache
                          ? cache->get(credentials.access_key_id, credentials.secret_key, scope)
                                .sign(string_to_sign)
                          : SigningKey::derive(credentials.secret_key, scope).sign(string_to_sign);
  return hex_encode(digest);
}

}  // namespace

SignedRequest sign(const SigningInput& input, const Credentials& credentials,
                   const SignTarget& target, Instant now, ContentHashHeader content_hash,
                   SigningKeyCache* cache) {
  SignedRequest out;
  out.timestamp = format_basic(now);
  const CredentialScope scope{std::string_view(out.timestamp).substr(0, 8), target.region,
                              target.service};
  out.headers.emplace_back("X-Amz-Date", out.timestamp);
  if (!credentials.session_token.empty()) {
    out.headers.emplace_back("X-Amz-Security-Token", credentials.session_token);
  }
  if (content_hash == ContentHashHeader::add) {
    out.headers.emplace_back("x-amz-content-sha256", input.payload_hash);
  }
  std::vector<HeaderView> headers(input.headers.begin(), input.headers.end());
  for (const auto& [name, value] : out.headers) headers.push_back({name, value});
  SigningInput full = input;
  full.headers = headers;
  const std::string list = signed_list(headers);
  const bool within_bounds = append_canonical_request(out.canonical_request, full, list);
  RC_ASSERT(within_bounds);  // our own requests
  append_string_to_sign(out.string_to_sign, out.timestamp, scope, out.canonical_request);
  out.signature = signature_of(out.string_to_sign, credentials, scope, cache);
  std::string authorization(kAlgorithm);
  authorization.append(" Credential=").append(credentials.access_key_id).append("/");
  authorization.append(scope_text(scope)).append(", SignedHeaders=").append(list);
  authorization.append(", Signature=").append(out.signature);
  out.headers.emplace_back("Authorization", std::move(authorization));
  return out;
}

PresignedRequest presign(const SigningInput& input, const Credentials& credentials,
                         const SignTarget& target, Instant now, std::int64_t expires_seconds) {
  RC_ASSERT(expires_seconds > 0 && expires_seconds <= kPresignExpiresSecondsMax);
  PresignedRequest out;
  const std::string timestamp = format_basic(now);
  const CredentialScope scope{std::string_view(timestamp).substr(0, 8), target.region,
                              target.service};
  const std::string list = signed_list(input.headers);
  out.query = input.query;
  const auto add = [&out](std::string_view name, std::string_view value) {
    if (!out.query.empty()) out.query.push_back('&');
    out.query.append(name).append("=").append(percent_encode(value));
  };
  add("X-Amz-Algorithm", kAlgorithm);
  add("X-Amz-Credential", credentials.access_key_id + "/" + scope_text(scope));
  add("X-Amz-Date", timestamp);
  add("X-Amz-Expires", std::to_string(expires_seconds));
  add("X-Amz-SignedHeaders", list);
  if (!credentials.session_token.empty()) add("X-Amz-Security-Token", credentials.session_token);
  SigningInput full = input;
  full.query = out.query;
  const bool within_bounds = append_canonical_request(out.canonical_request, full, list);
  RC_ASSERT(within_bounds);
  append_string_to_sign(out.string_to_sign, timestamp, scope, out.canonical_request);
  out.signature = signature_of(out.string_to_sign, credentials, scope, nullptr);
  add("X-Amz-Signature", out.signature);
  return out;
}

}  // namespace rolecall::sigv4
