// What AWS answers to each kind of failed authentication. Texts as the services send them
// ("Common Error Types" of IAM, EC2; "Error responses" of S3; "Troubleshoot Signature Version 4").
#include <fmt/format.h>

#include "sigv4/presented.h"

namespace rolecall::sigv4 {
namespace {

constexpr std::size_t kScopeTextMax = 64;  // of the caller's scope repeated in a message

// The codes of the non-S3 services: the JSON protocols append "Exception" and have names of
// their own for a wrong signature.
ApiError incomplete(Flavor flavor, std::string message) {
  const bool json = flavor == Flavor::json || flavor == Flavor::rest_json;
  return ApiError::make(flavor == Flavor::rest_json ? 403 : 400,
                        json ? "IncompleteSignatureException" : "IncompleteSignature",
                        std::move(message));
}

ApiError mismatch(Flavor flavor, std::string message) {
  const bool json = flavor == Flavor::json || flavor == Flavor::rest_json;
  return ApiError::make(flavor == Flavor::json ? 400 : 403,
                        json ? "InvalidSignatureException" : "SignatureDoesNotMatch",
                        std::move(message));
}

ApiError missing_token(Flavor flavor) {
  const bool json = flavor == Flavor::json || flavor == Flavor::rest_json;
  return ApiError::make(
      flavor == Flavor::json ? 400 : 403,
      json ? "MissingAuthenticationTokenException" : "MissingAuthenticationToken",
      flavor == Flavor::ec2
          ? "Request must contain either a valid (registered) AWS access key ID or X.509 "
            "certificate."
          : "Request is missing Authentication Token");
}

std::string missing_list(const AuthFailure& failure) {
  std::string text;
  if (failure.form == Form::header) {
    for (const auto& [bit, name] :
         {std::pair{kMissingCredential, "Credential"}, std::pair{kMissingSignature, "Signature"},
          std::pair{kMissingSignedHeaders, "SignedHeaders"}}) {
      if (failure.missing & bit) {
        text += fmt::format("Authorization header requires '{}' parameter. ", name);
      }
    }
    if (failure.missing & kMissingDate) {
      text +=
          "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    }
    return text + "Authorization=" + failure.authorization;
  }
  for (const auto& [bit, name] : {std::pair{kMissingAlgorithm, "X-Amz-Algorithm"},
                                  std::pair{kMissingCredential, "X-Amz-Credential"},
                                  std::pair{kMissingSignature, "X-Amz-Signature"},
                                  std::pair{kMissingSignedHeaders, "X-Amz-SignedHeaders"},
                                  std::pair{kMissingDate, "X-Amz-Date"}}) {
    if (failure.missing & bit) {
      text += fmt::format("AWS query-string parameters must include '{}'. ", name);
    }
  }
  return text + "Re-examine the query-string parameters.";
}

ApiError other_api_error(const AuthFailure& failure, Flavor flavor) {
  switch (failure.problem) {
    case AuthProblem::none:
      return missing_token(flavor);
    case AuthProblem::several_mechanisms:
      return incomplete(flavor,
                        "Only one auth mechanism allowed: either the Authorization header or the "
                        "query-string parameters, each parameter once.");
    case AuthProblem::sigv2:
      return incomplete(flavor,
                        "AWS Signature Version 2 is not supported. Please use AWS4-HMAC-SHA256.");
    case AuthProblem::unsupported_algorithm:
    case AuthProblem::sigv4a:
      return incomplete(flavor,
                        fmt::format("Unsupported AWS 'algorithm': '{}'.", failure.offending));
    case AuthProblem::not_key_value:
      return incomplete(flavor,
                        fmt::format("Invalid key=value pair (missing equal-sign) in Authorization "
                                    "header (hashed with SHA-256 and encoded with Base64): '{}'.",
                                    failure.offending));
    case AuthProblem::incomplete:
      return incomplete(flavor, missing_list(failure));
    case AuthProblem::malformed_credential:
      return incomplete(flavor,
                        fmt::format("Credential must have exactly 5 slash-delimited elements, e.g. "
                                    "keyid/date/region/service/term, got '{}'",
                                    failure.offending));
    case AuthProblem::wrong_terminator:
      return mismatch(
          flavor,
          fmt::format("Credential should be scoped with a valid terminator: 'aws4_request', not "
                      "'{}'.",
                      failure.offending));
    case AuthProblem::malformed_scope_date:
      return mismatch(flavor,
                      fmt::format("Date in Credential scope must be in the format YYYYMMDD, "
                                  "got '{}'.",
                                  failure.offending));
    case AuthProblem::malformed_date:
      return incomplete(flavor,
                        fmt::format("Date must be in ISO-8601 'basic format'. Got '{}'. See "
                                    "http://en.wikipedia.org/wiki/ISO_8601",
                                    failure.offending));
    case AuthProblem::scope_date_mismatch:
      return mismatch(flavor,
                      fmt::format("Date in Credential scope does not match YYYYMMDD from ISO-8601 "
                                  "version of date from HTTP: '{}' != '{}', from '{}'.",
                                  failure.offending, failure.other.substr(0, 8), failure.other));
    case AuthProblem::host_not_signed:
      return mismatch(flavor,
                      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
    case AuthProblem::header_not_signed:
      return mismatch(flavor, fmt::format("'{}' must be a 'SignedHeader' in the AWS Authorization.",
                                          failure.offending));
    case AuthProblem::malformed_signed_headers:
      return incomplete(flavor, fmt::format("'SignedHeaders' must be lower-case names in order, "
                                            "separated by ';', got '{}'",
                                            failure.offending));
    case AuthProblem::expires_not_number:
    case AuthProblem::expires_negative:
    case AuthProblem::expires_too_long:
      return incomplete(flavor, fmt::format("X-Amz-Expires must be a number of seconds from 0 to "
                                            "604800, got '{}'",
                                            failure.offending));
  }
  return missing_token(flavor);
}

// S3 has one code and one prefix for each form.
ApiError s3_malformed(Form form, std::string_view what) {
  if (form == Form::header) {
    return ApiError::make(400, "AuthorizationHeaderMalformed",
                          fmt::format("The authorization header is malformed; {}", what));
  }
  return ApiError::make(400, "AuthorizationQueryParametersError",
                        fmt::format("Error parsing the X-Amz-Credential parameter; {}", what));
}

ApiError s3_query_error(std::string message) {
  return ApiError::make(400, "AuthorizationQueryParametersError", std::move(message));
}

ApiError s3_incomplete(const AuthFailure& failure) {
  if (failure.form == Form::query) {
    return s3_query_error(
        "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
        "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");
  }
  if (failure.missing & kMissingCredential) {
    return s3_malformed(failure.form, "the authorization component \"Credential\" is missing.");
  }
  if (failure.missing & kMissingSignedHeaders) {
    return s3_malformed(failure.form, "the authorization component \"SignedHeaders\" is missing.");
  }
  if (failure.missing & kMissingSignature) {
    return s3_malformed(failure.form, "the authorization component \"Signature\" is missing.");
  }
  return ApiError::access_denied("AWS authentication requires a valid Date or x-amz-date header");
}

ApiError s3_api_error(const AuthFailure& failure) {
  const std::string& offending = failure.offending;
  const Form form = failure.form;
  switch (failure.problem) {
    case AuthProblem::none:
      return ApiError::access_denied("Access Denied");
    case AuthProblem::several_mechanisms: {
      ApiError error = ApiError::make(
          400, "InvalidArgument",
          "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature "
          "query string parameter or the Authorization header should be specified");
      error.details = {{"ArgumentName", "Authorization"}};
      return error;
    }
    case AuthProblem::sigv2:
    case AuthProblem::sigv4a:
      return ApiError::make(400, "InvalidRequest",
                            "The authorization mechanism you have provided is not supported. "
                            "Please use AWS4-HMAC-SHA256.");
    case AuthProblem::unsupported_algorithm: {
      if (form == Form::query) {
        return s3_query_error("X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\"");
      }
      ApiError error = ApiError::make(400, "InvalidArgument", "Unsupported Authorization Type");
      error.details = {{"ArgumentName", "Authorization"}};
      return error;
    }
    case AuthProblem::not_key_value:
      return s3_malformed(form, "an authorization component has no equal-sign.");
    case AuthProblem::incomplete:
      return s3_incomplete(failure);
    case AuthProblem::malformed_credential:
      if (offending.starts_with('/')) {
        return s3_malformed(form,
                            "a non-empty Access Key (AKID) must be provided in the credential.");
      }
      return s3_malformed(form,
                          "the Credential is mal-formed; expecting "
                          "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
    case AuthProblem::wrong_terminator:
      return s3_malformed(form, fmt::format("incorrect terminal \"{}\". This endpoint uses "
                                            "\"aws4_request\".",
                                            offending));
    case AuthProblem::malformed_scope_date:
      return s3_malformed(form, fmt::format("incorrect date format \"{}\". This date in the "
                                            "credential must be in the format \"yyyyMMdd\".",
                                            offending));
    case AuthProblem::malformed_date:
      if (form == Form::query) {
        return s3_query_error(
            "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
      }
      return ApiError::access_denied(
          "AWS authentication requires a valid Date or x-amz-date header");
    case AuthProblem::scope_date_mismatch:
      return s3_malformed(form, fmt::format("Invalid credential date \"{}\". This date is not the "
                                            "same as X-Amz-Date: \"{}\".",
                                            offending, failure.other.substr(0, 8)));
    case AuthProblem::host_not_signed:
    case AuthProblem::header_not_signed: {
      ApiError error = ApiError::access_denied(
          "There were headers present in the request which were not signed");
      error.details = {{"HeadersNotSigned",
                        failure.problem == AuthProblem::host_not_signed ? "host" : offending}};
      return error;
    }
    case AuthProblem::malformed_signed_headers:
      return s3_malformed(form, "SignedHeaders must be lower-case names in order.");
    case AuthProblem::expires_not_number:
      return s3_query_error("X-Amz-Expires should be a number");
    case AuthProblem::expires_negative:
      return s3_query_error("X-Amz-Expires must be non-negative");
    case AuthProblem::expires_too_long:
      return s3_query_error(
          "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires "
          "must be less than 604800 seconds");
  }
  return ApiError::access_denied("Access Denied");
}

std::optional<ApiError> check_time_s3(const Presented& presented, Instant now) {
  if (presented.form == Form::query) {
    if (now < presented.timestamp.plus_seconds(-kClockSkewSecondsMax)) {
      return ApiError::access_denied("Request is not valid yet");
    }
    const Instant end = presented.timestamp.plus_seconds(presented.expires_seconds.value_or(0));
    if (now <= end) return std::nullopt;
    ApiError error = ApiError::access_denied("Request has expired");
    error.details = {{"X-Amz-Expires", fmt::format("{}", presented.expires_seconds.value_or(0))},
                     {"Expires", format_iso8601(end)},
                     {"ServerTime", format_iso8601(now)}};
    return error;
  }
  if (presented.timestamp >= now.plus_seconds(-kClockSkewSecondsMax) &&
      presented.timestamp <= now.plus_seconds(kClockSkewSecondsMax)) {
    return std::nullopt;
  }
  ApiError error =
      ApiError::make(403, "RequestTimeTooSkewed",
                     "The difference between the request time and the current time is too large.");
  error.details = {{"RequestTime", std::string(presented.timestamp_text())},
                   {"ServerTime", format_iso8601(now)},
                   {"MaxAllowedSkewMilliseconds", fmt::format("{}", kClockSkewSecondsMax * 1'000)}};
  return error;
}

}  // namespace

ApiError to_api_error(const AuthFailure& failure, Flavor flavor) {
  return flavor == Flavor::s3 ? s3_api_error(failure) : other_api_error(failure, flavor);
}

std::optional<ApiError> check_time(const Presented& presented, Instant now, Flavor flavor) {
  if (flavor == Flavor::s3) return check_time_s3(presented, now);
  // X-Amz-Expires neither lengthens nor shortens: a presigned GetCallerIdentity is good for 15
  // minutes after its date, and EKS tokens, made with 60 seconds, are used that long.
  const Instant oldest = now.plus_seconds(-kClockSkewSecondsMax);
  const Instant newest = now.plus_seconds(kClockAheadSecondsMax);
  if (presented.timestamp < oldest.truncated_to_seconds()) {
    if (flavor == Flavor::ec2) {
      return ApiError::make(400, "RequestExpired", "Request has expired.");
    }
    return mismatch(
        flavor, fmt::format("Signature expired: {} is now earlier than {} ({} - 15 min.)",
                            presented.timestamp_text(), format_basic(oldest), format_basic(now)));
  }
  if (presented.timestamp > newest) {
    if (flavor == Flavor::ec2) {
      return ApiError::make(400, "RequestExpired", "Request has expired.");
    }
    return mismatch(
        flavor, fmt::format("Signature not yet current: {} is still later than {} ({} + 5 min.)",
                            presented.timestamp_text(), format_basic(newest), format_basic(now)));
  }
  return std::nullopt;
}

bool is_region_form(std::string_view text) {
  // Two or more words of lower-case letters, then a number of one or two digits.
  std::size_t words = 0;
  for (std::size_t at = 0;;) {
    const std::size_t dash = text.find('-', at);
    const std::string_view part = text.substr(at, dash == text.npos ? dash : dash - at);
    if (dash == text.npos) {
      return words >= 2 && !part.empty() && part.size() <= 2 &&
             part.find_first_not_of("0123456789") == part.npos;
    }
    if (part.empty() || part.find_first_not_of("abcdefghijklmnopqrstuvwxyz") != part.npos) {
      return false;
    }
    ++words;
    at = dash + 1;
  }
}

std::optional<ApiError> check_scope(const Presented& presented, std::string_view service,
                                    std::string_view region, Flavor flavor) {
  const bool wrong_service = presented.service != service;
  const bool wrong_region =
      region.empty() ? !is_region_form(presented.region) : presented.region != region;
  if (!wrong_service && !wrong_region) return std::nullopt;
  if (flavor == Flavor::s3) {
    if (wrong_service) {
      return s3_malformed(presented.form,
                          fmt::format("incorrect service \"{}\". This endpoint belongs to \"{}\".",
                                      presented.service.substr(0, kScopeTextMax), service));
    }
    const std::string_view expected = region.empty() ? "us-east-1" : region;
    ApiError error = s3_malformed(presented.form,
                                  fmt::format("the region '{}' is wrong; expecting '{}'",
                                              presented.region.substr(0, kScopeTextMax), expected));
    error.details = {{"Region", std::string(expected)}};
    // Answers to HEAD have no body: their clients find the region here.
    if (!region.empty()) error.headers = {{"x-amz-bucket-region", std::string(region)}};
    return error;
  }
  std::string message;
  if (wrong_region) {
    message = fmt::format("Credential should be scoped to a valid region, not '{}'. ",
                          presented.region.substr(0, kScopeTextMax));
  }
  if (wrong_service) {
    message += fmt::format("Credential should be scoped to correct service: '{}'. ", service);
  }
  return mismatch(flavor, std::move(message));
}

}  // namespace rolecall::sigv4
