// A bucket is reached in its own region only ("Making requests to S3": "Request redirection").
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "identity/state.h"

namespace rolecall::s3 {

// The region that a request about this bucket must be signed for; nullptr when there is no such
// bucket. Lives as long as `state`.
const std::string* region_of_bucket(const identity::State& state, std::string_view bucket);

// Operations that any region's endpoint answers for every bucket: names are global, and finding out
// where a bucket is must work from anywhere.
bool is_answered_anywhere(std::string_view operation);

// PermanentRedirect: the endpoint called is another region's.
ApiError permanent_redirect(std::string_view bucket, std::string_view region);

}  // namespace rolecall::s3
