#include "guard/authenticate.h"

#include "standing/callers.h"

namespace rolecall::guard {
namespace {

using identity::Caller;
using identity::State;
using wire::Dialect;

// The key or token is none of ours, or no longer: deliberately the same words for every cause.
ApiError unknown_key(Dialect dialect, std::string_view access_key_id) {
  switch (dialect) {
    case Dialect::s3: {
      auto error =
          ApiError::make(403, "InvalidAccessKeyId",
                         "The AWS Access Key Id you provided does not exist in our records.");
      error.details.emplace_back("AWSAccessKeyId", access_key_id);
      return error;
    }
    case Dialect::ec2:
      return ApiError::make(401, "AuthFailure",
                            "AWS was not able to validate the provided access credentials");
    case Dialect::json:
    case Dialect::query_json:
      return ApiError::make(400, "UnrecognizedClientException",
                            "The security token included in the request is invalid.");
    case Dialect::rest_json:
      return ApiError::make(403, "UnrecognizedClientException",
                            "The security token included in the request is invalid.");
    case Dialect::query:
      break;
  }
  return ApiError::make(403, "InvalidClientTokenId",
                        "The security token included in the request is invalid.");
}

ApiError bad_token(Dialect dialect, std::string_view access_key_id) {
  if (dialect == Dialect::s3) {
    return ApiError::make(400, "InvalidToken",
                          "The provided token is malformed or otherwise invalid.");
  }
  return unknown_key(dialect, access_key_id);
}

ApiError expired_token(Dialect dialect) {
  switch (dialect) {
    case Dialect::s3:
      return ApiError::make(400, "ExpiredToken", "The provided token has expired.");
    case Dialect::ec2:
      return ApiError::make(400, "RequestExpired", "Request has expired.");
    case Dialect::json:
    case Dialect::query_json:
      return ApiError::make(400, "ExpiredTokenException",
                            "The security token included in the request is expired");
    case Dialect::rest_json:
      return ApiError::make(403, "ExpiredTokenException",
                            "The security token included in the request is expired");
    case Dialect::query:
      break;
  }
  return ApiError::make(403, "ExpiredToken",
                        "The security token included in the request is expired");
}

sigv4::Flavor flavor_of(Dialect dialect) {
  switch (dialect) {
    case Dialect::s3:
      return sigv4::Flavor::s3;
    case Dialect::ec2:
      return sigv4::Flavor::ec2;
    case Dialect::json:
    case Dialect::query_json:
      return sigv4::Flavor::json;
    case Dialect::rest_json:
      return sigv4::Flavor::rest_json;
    case Dialect::query:
      break;
  }
  return sigv4::Flavor::standard;
}

}  // namespace

Caller anonymous_caller() {
  Caller caller;
  caller.arn = "anonymous";
  caller.user_id = "anonymous";
  return caller;
}

bool takes_unsigned(Dialect dialect, const wire::Operation* operation) {
  // S3 serves anonymous callers as far as policies let it.
  if (dialect == Dialect::s3) return true;
  return operation != nullptr && operation->authorization.anonymous;
}

ApiError missing_signature(Dialect dialect) {
  return sigv4::to_api_error(sigv4::AuthFailure{}, flavor_of(dialect));
}

Result<std::optional<Claim>> read_claim(const sigv4::SigningInput& input, Dialect dialect,
                                        const wire::Operation* operation) {
  if (operation != nullptr && operation->authorization.bearer) {
    return ApiError::not_implemented("Rolecall does not serve calls with bearer tokens yet.");
  }
  const sigv4::Flavor flavor = flavor_of(dialect);
  auto presented = sigv4::parse(input, flavor);
  if (presented) return std::optional<Claim>(Claim{std::move(*presented), dialect});
  if (presented.error().problem == sigv4::AuthProblem::none && takes_unsigned(dialect, operation)) {
    return std::optional<Claim>();
  }
  return sigv4::to_api_error(presented.error(), flavor);
}

Result<Authenticated> Authenticator::authenticate(const Claim& claim,
                                                  const sigv4::SigningInput& input,
                                                  const Called& called,
                                                  const std::shared_ptr<const State>& state,
                                                  Instant now, sigv4::SigningKeyCache& keys) const {
  const sigv4::Presented& presented = claim.presented;
  const Dialect dialect = claim.dialect;
  const sigv4::Flavor flavor = flavor_of(dialect);
  const std::string_view partition = partition_of_region(presented.region);
  if (auto wrong = sigv4::check_scope(presented, called.service, called.region, flavor))
    return std::move(*wrong);
  if (auto late = sigv4::check_time(presented, now, flavor)) return std::move(*late);

  Authenticated out;
  const auto check = [&](const Secret& secret) -> Status {
    const sigv4::SigningKey& key = keys.get(presented.access_key_id, secret, presented.scope());
    auto verified = sigv4::verify(presented, input, key);
    if (!verified) return sigv4::to_api_error(verified.error(), flavor);
    out.verified = std::move(*verified);
    out.signing_key = key;
    return {};
  };

  if (presented.security_token.empty()) {
    const identity::AccessKey* key = state->access_key(presented.access_key_id);
    if (key == nullptr || key->status != identity::KeyStatus::active) {
      return unknown_key(dialect, presented.access_key_id);
    }
    RC_CHECK(check(key->secret));
    auto caller = standing::caller_of_key(*key, *state, partition);
    if (!caller) return unknown_key(dialect, presented.access_key_id);
    out.caller = std::move(*caller);
    return out;
  }

  auto session = sessions_.open(presented.security_token);
  // A token goes with its own access key only.
  if (session == nullptr || session->access_key_id != presented.access_key_id) {
    return bad_token(dialect, presented.access_key_id);
  }
  RC_CHECK(check(sessions_.secret_of(*session)));
  if (session->expires <= now) return expired_token(dialect);
  auto caller = standing::caller_of_session(std::move(session), *state, partition);
  if (!caller) return unknown_key(dialect, presented.access_key_id);
  out.caller = std::move(*caller);
  return out;
}

}  // namespace rolecall::guard
