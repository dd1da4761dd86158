// What the operations that make objects share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "services/s3/bucket.h"
#include "services/s3/core.h"
#include "services/s3/facts.h"

namespace rolecall::s3 {

// s3:PutObject, and s3:PutObjectTagging and s3:PutObjectAcl where the headers ask for them, each
// with the condition keys of the request ("Condition keys for Amazon S3"). `more` are further ones.
using Keys = std::vector<std::pair<std::string, std::vector<std::string>>>;
Status authorize_put(const BucketRef& ref, std::string_view key, const GivenHeaders& given,
                     const std::vector<Tag>& tags, const Keys& more, const Call& call);

// The If-Match and If-None-Match of a write ("Conditional writes"). Checked twice: before a byte
// is read, so that nothing is sent in vain, and on the writer, where it counts.
struct WriteConditions {
  const std::optional<std::string>&if_match, &if_none_match;
  bool any() const { return if_match || if_none_match; }
};
Status check_write_conditions(const WriteConditions& conditions, std::string_view key,
                              const std::optional<store::ObjectRow>& row);

// An object as a copy's source names it.
struct CopySource {
  std::string bucket, key;
};
Result<CopySource> parse_copy_source(std::string_view header);

// Puts the row under its key once the bucket is known to be there still and the conditions hold.
Status put_row(store::WriteTxn& txn, const BucketRef& ref, const store::ObjectRow& row,
               const store::Bytes& bytes, const WriteConditions& conditions, Freed& freed);

}  // namespace rolecall::s3
