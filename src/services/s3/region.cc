#include "services/s3/region.h"

#include "services/s3/bucket.h"

namespace rolecall::s3 {

const std::string* region_of_bucket(const identity::State& state, std::string_view bucket) {
  const auto ref = find_bucket(state, bucket);
  return ref ? &ref->bucket->region : nullptr;
}

bool is_answered_anywhere(std::string_view operation) {
  return operation == "CreateBucket" || operation == "GetBucketLocation";
}

ApiError permanent_redirect(std::string_view bucket, std::string_view region) {
  auto error = ApiError::make(301, "PermanentRedirect",
                              "The bucket you are attempting to access must be addressed using the "
                              "specified endpoint. Please send all future requests to this "
                              "endpoint.");
  std::string endpoint = std::string(bucket) + ".s3." + std::string(region) + ".amazonaws.com";
  if (region.starts_with("cn-")) endpoint += ".cn";
  error.details = {{"Endpoint", std::move(endpoint)}, {"Bucket", std::string(bucket)}};
  error.headers = {{"x-amz-bucket-region", std::string(region)}};
  return error;
}

}  // namespace rolecall::s3
