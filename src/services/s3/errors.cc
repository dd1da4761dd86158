#include "services/s3/errors.h"

#include <fmt/format.h>

namespace rolecall::s3 {

ApiError no_such_bucket(std::string_view bucket) {
  ApiError e = ApiError::make(404, "NoSuchBucket", "The specified bucket does not exist");
  e.details = {{"BucketName", std::string(bucket)}};
  return e;
}

ApiError no_such_key(std::string_view key) {
  ApiError e = ApiError::make(404, "NoSuchKey", "The specified key does not exist.");
  e.details = {{"Key", std::string(key)}};
  return e;
}

ApiError no_such_upload(std::string_view upload_id) {
  ApiError e = ApiError::make(
      404, "NoSuchUpload",
      "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
      "been aborted or completed.");
  e.details = {{"UploadId", std::string(upload_id)}};
  return e;
}

ApiError invalid_argument(std::string message, std::string_view name, std::string_view value) {
  ApiError e = ApiError::make(400, "InvalidArgument", std::move(message));
  e.details = {{"ArgumentName", std::string(name)}, {"ArgumentValue", std::string(value)}};
  return e;
}

ApiError invalid_request(std::string message) {
  return ApiError::make(400, "InvalidRequest", std::move(message));
}

ApiError malformed_xml() {
  return ApiError::make(400, "MalformedXML",
                        "The XML you provided was not well-formed or did not validate against our "
                        "published schema");
}

ApiError header_not_implemented(std::string_view header) {
  ApiError e = ApiError::not_implemented(
      "A header you provided implies functionality that is not implemented");
  e.details = {{"Header", std::string(header)}};
  return e;
}

ApiError precondition_failed(std::string_view condition) {
  ApiError e = ApiError::make(412, "PreconditionFailed",
                              "At least one of the pre-conditions you specified did not hold");
  e.details = {{"Condition", std::string(condition)}};
  return e;
}

ApiError invalid_digest(std::string_view given) {
  ApiError e = ApiError::make(400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
  e.details = {{"Content-MD5", std::string(given)}};
  return e;
}

ApiError bad_digest(std::string message) {
  return ApiError::make(400, "BadDigest", std::move(message));
}

ApiError entity_too_large(std::uint64_t proposed, std::uint64_t max) {
  ApiError e = ApiError::make(400, "EntityTooLarge",
                              "Your proposed upload exceeds the maximum allowed size");
  e.details = {{"ProposedSize", std::to_string(proposed)}, {"MaxSizeAllowed", std::to_string(max)}};
  return e;
}

ApiError slow_down() { return ApiError::make(503, "SlowDown", "Please reduce your request rate."); }

ApiError plain_access_denied() { return ApiError::access_denied("Access Denied"); }

}  // namespace rolecall::s3
