// What the operations on one object share: conditions, versions, the way in.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "models/s3.h"
#include "services/s3/bucket.h"
#include "services/s3/errors.h"
#include "store/objects.h"

namespace rolecall::s3 {

struct Conditions {
  const std::optional<std::string>&if_match, &if_none_match;
  const std::optional<Instant>&if_modified_since, &if_unmodified_since;
};
enum class Verdict { go_on, if_match_failed, if_unmodified_failed, not_modified };
Verdict weigh_conditions(const store::ObjectRow& row, const Conditions& conditions);

// A header's list of entity tags, quoted or not, or "*".
bool etag_matches(std::string_view header, std::string_view etag);

std::optional<ApiError> check_version(const std::optional<std::string>& version_id);

// s3:RequestObjectTag/…, s3:RequestObjectTagKeys.
void add_requested_tags(services::Question& question, const std::vector<Tag>& tags);

// Checks of an input that names one object; the bucket it is in.
template <class In>
Result<BucketRef> open_readable(const In& in, const services::Call& call) {
  if constexpr (requires { in.sse_customer_key; }) {
    if (in.sse_customer_algorithm || in.sse_customer_key || in.sse_customer_key_md5) {
      return header_not_implemented("x-amz-server-side-encryption-customer-algorithm");
    }
  }
  if (auto wrong = check_key(in.key)) return *wrong;
  if constexpr (requires { in.version_id; }) {
    if (auto wrong = check_version(in.version_id)) return *wrong;
  }
  return open_bucket(call.state, in.bucket, in.expected_bucket_owner);
}

}  // namespace rolecall::s3
