#include "services/s3/writing.h"

#include "base/encoding.h"
#include "services/s3/errors.h"
#include "services/s3/reading.h"

namespace rolecall::s3 {

Status authorize_put(const BucketRef& ref, std::string_view key, const GivenHeaders& given,
                     const std::vector<Tag>& tags, const Keys& more, const Call& call) {
  services::Question q = object_question("s3:PutObject", ref, key, nullptr, call);
  q.keys.insert(q.keys.end(), more.begin(), more.end());
  auto add = [&q](std::string_view name, const std::optional<std::string>& value) {
    if (value) q.keys.emplace_back(std::string(name), std::vector<std::string>{*value});
  };
  add("s3:x-amz-acl", given.acl);
  add("s3:x-amz-storage-class", given.storage_class);
  add("s3:x-amz-server-side-encryption", given.server_side_encryption);
  add("s3:x-amz-website-redirect-location", given.website_redirect_location);
  add_requested_tags(q, tags);
  RC_CHECK(ask(call, q));
  if (!tags.empty()) {
    q.action = "s3:PutObjectTagging";
    RC_CHECK(ask(call, q));
  }
  if (given.acl) {
    q.action = "s3:PutObjectAcl";
    RC_CHECK(ask(call, q));
  }
  return {};
}

Status check_write_conditions(const WriteConditions& conditions, std::string_view key,
                              const std::optional<store::ObjectRow>& row) {
  if (conditions.if_none_match) {
    // Only the form that means "if there is none" exists for writes.
    if (*conditions.if_none_match != "*") return header_not_implemented("If-None-Match");
    if (row) return precondition_failed("If-None-Match");
  }
  if (conditions.if_match) {
    if (!row) return no_such_key(key);
    if (!etag_matches(*conditions.if_match, row->etag)) return precondition_failed("If-Match");
  }
  return {};
}

Result<CopySource> parse_copy_source(std::string_view header) {
  auto invalid = [&] {
    return invalid_argument(
        "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
        "x-amz-copy-source", header);
  };
  std::string_view text = header;
  // The version's '?' is never encoded, a key's own always is.
  if (auto query = text.find("?versionId="); query != std::string_view::npos) {
    std::string version(text.substr(query + 11));
    if (auto wrong = check_version(version)) return *wrong;
    text = text.substr(0, query);
  }
  auto decoded = percent_decode(text);
  if (!decoded) return invalid();
  std::string_view path = *decoded;
  if (path.starts_with("arn:")) return header_not_implemented("x-amz-copy-source");
  if (path.starts_with("/")) path.remove_prefix(1);
  auto slash = path.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == path.size()) return invalid();
  CopySource out{std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
  if (auto wrong = check_key(out.key)) return *wrong;
  return out;
}

Status put_row(store::WriteTxn& txn, const BucketRef& ref, const store::ObjectRow& row,
               const store::Bytes& bytes, const WriteConditions& conditions, Freed& freed) {
  RC_CHECK(bucket_unchanged(txn.state(), ref));
  if (conditions.any()) {
    RC_TRY(auto before, txn.objects().find(ref.name(), row.key));
    RC_CHECK(check_write_conditions(conditions, row.key, before));
  }
  return txn.objects().put(ref.name(), row, bytes, freed);
}

}  // namespace rolecall::s3
