// Listings: objects (both versions), uploads in progress, parts.
#include "base/encoding.h"
#include "services/s3/bucket.h"
#include "services/s3/core.h"
#include "services/s3/errors.h"
#include "services/s3/facts.h"

namespace rolecall::s3 {

namespace {

constexpr std::int32_t kPageMax = 1'000;
// Before the key in a continuation token, so that what is none is known for it.
constexpr std::string_view kTokenMark = "1:";

Result<std::size_t> page_size(const std::optional<std::int32_t>& asked, std::string_view name) {
  if (asked && *asked < 0) {
    return invalid_argument(
        "Argument " + std::string(name) + " must be an integer between 0 and 2147483647", name,
        std::to_string(*asked));
  }
  return static_cast<std::size_t>(std::min(asked.value_or(kPageMax), kPageMax));
}

// How keys appear: as they are, or percent-encoded where the caller asked for it.
class Encoder {
 public:
  static Result<Encoder> make(const std::optional<std::string>& type) {
    if (type && *type != "url") {
      return invalid_argument("Invalid Encoding Method specified in Request", "encoding-type",
                              *type);
    }
    return Encoder(type.has_value());
  }
  std::string operator()(std::string_view text) const {
    return on_ ? percent_encode(text, Slash::keep) : std::string(text);
  }
  std::optional<std::string> maybe(const std::optional<std::string>& text) const {
    if (!text || text->empty()) return std::nullopt;
    return (*this)(*text);
  }
  std::optional<std::string> type() const {
    return on_ ? std::optional<std::string>("url") : std::nullopt;
  }

 private:
  explicit Encoder(bool on) : on_(on) {}
  bool on_;
};

Owner owner_of(const BucketRef& ref, const Call& call) {
  Owner owner;
  owner.id = canonical_id(call.state, ref.owner);
  return owner;
}

std::vector<Object> contents(std::vector<store::ObjectRow> rows, const Encoder& encoded,
                             const std::optional<Owner>& owner) {
  std::vector<Object> out;
  out.reserve(rows.size());
  for (const store::ObjectRow& row : rows) {
    Object& object = out.emplace_back();
    object.key = encoded(row.key);
    object.last_modified = row.modified;
    object.etag = quoted(row.etag);
    object.size = static_cast<decltype(object.size)::value_type>(row.size);
    object.storage_class =
        present(store::attribute(row.attributes, fact::kStorageClass)).value_or("STANDARD");
    if (auto algorithm = store::attribute(row.attributes, fact::kChecksumAlgorithm);
        !algorithm.empty()) {
      object.checksum_algorithm.emplace().emplace_back(algorithm);
      object.checksum_type = present(store::attribute(row.attributes, fact::kChecksumType));
    }
    object.owner = owner;
  }
  return out;
}

template <class Out>
void put_prefixes(Out& out, const std::vector<std::string>& prefixes, const Encoder& encoded) {
  if (prefixes.empty()) return;
  auto& list = out.common_prefixes.emplace();
  for (const std::string& prefix : prefixes) list.emplace_back().prefix = encoded(prefix);
}

std::string_view view_of(const std::optional<std::string>& text) {
  return text ? std::string_view(*text) : std::string_view();
}

}  // namespace

Result<ObjectResponse> list_objects(Core& core, const ListObjectsInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  RC_TRY(Encoder encoded, Encoder::make(in.encoding_type));
  RC_TRY(std::size_t max, page_size(in.max_keys, "max-keys"));
  RC_TRY(auto reader, core.readers.borrow());
  RC_TRY(auto page, reader->list(in.bucket, {.prefix = view_of(in.prefix),
                                             .delimiter = view_of(in.delimiter),
                                             .after = view_of(in.marker),
                                             .max = max}));
  ListObjectsOutput out;
  out.name = in.bucket;
  out.prefix = encoded(view_of(in.prefix));
  out.marker = encoded(view_of(in.marker));
  out.delimiter = encoded.maybe(in.delimiter);
  out.max_keys = static_cast<std::int32_t>(max);
  out.encoding_type = encoded.type();
  out.is_truncated = page.truncated;
  // Without a delimiter the last key is the marker, and S3 leaves it to the caller to see that.
  if (page.truncated && out.delimiter) out.next_marker = encoded(page.last);
  put_prefixes(out, page.common_prefixes, encoded);
  if (!page.rows.empty()) {
    out.contents = contents(std::move(page.rows), encoded, owner_of(ref, call));
  }
  return answer(std::move(out));
}

Result<ObjectResponse> list_objects_v2(Core& core, const ListObjectsV2Input& in, const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  RC_TRY(Encoder encoded, Encoder::make(in.encoding_type));
  RC_TRY(std::size_t max, page_size(in.max_keys, "max-keys"));
  std::string after(view_of(in.start_after));
  if (in.continuation_token) {
    auto token = base64url_decode(*in.continuation_token);
    if (!token || !token->starts_with(kTokenMark)) {
      return invalid_argument("The continuation token provided is incorrect", "continuation-token",
                              *in.continuation_token);
    }
    after = token->substr(kTokenMark.size());
  }
  RC_TRY(auto reader, core.readers.borrow());
  RC_TRY(auto page, reader->list(in.bucket, {.prefix = view_of(in.prefix),
                                             .delimiter = view_of(in.delimiter),
                                             .after = after,
                                             .max = max}));
  ListObjectsV2Output out;
  out.name = in.bucket;
  out.prefix = encoded(view_of(in.prefix));
  out.delimiter = encoded.maybe(in.delimiter);
  out.max_keys = static_cast<std::int32_t>(max);
  out.encoding_type = encoded.type();
  out.start_after = encoded.maybe(in.start_after);
  out.continuation_token = in.continuation_token;
  out.key_count = static_cast<std::int32_t>(page.rows.size() + page.common_prefixes.size());
  out.is_truncated = page.truncated;
  if (page.truncated) {
    out.next_continuation_token = base64url_encode(std::string(kTokenMark) + page.last);
  }
  put_prefixes(out, page.common_prefixes, encoded);
  if (!page.rows.empty()) {
    std::optional<Owner> owner;
    if (in.fetch_owner.value_or(false)) owner = owner_of(ref, call);
    out.contents = contents(std::move(page.rows), encoded, owner);
  }
  return answer(std::move(out));
}

Result<ObjectResponse> list_multipart_uploads(Core& core, const ListMultipartUploadsInput& in,
                                              const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  RC_TRY(Encoder encoded, Encoder::make(in.encoding_type));
  RC_TRY(std::size_t max, page_size(in.max_uploads, "max-uploads"));
  RC_TRY(auto reader, core.readers.borrow());
  // Without a key marker the upload id marker means nothing.
  RC_TRY(auto page, reader->list_uploads(
                        in.bucket, {.prefix = view_of(in.prefix),
                                    .delimiter = view_of(in.delimiter),
                                    .after = view_of(in.key_marker),
                                    .after_id = in.key_marker ? view_of(in.upload_id_marker) : "",
                                    .max = max}));
  ListMultipartUploadsOutput out;
  out.bucket = in.bucket;
  out.key_marker = encoded(view_of(in.key_marker));
  out.upload_id_marker = std::string(view_of(in.upload_id_marker));
  out.prefix = encoded.maybe(in.prefix);
  out.delimiter = encoded.maybe(in.delimiter);
  out.max_uploads = static_cast<std::int32_t>(max);
  out.encoding_type = encoded.type();
  out.is_truncated = page.truncated;
  if (page.truncated) {
    out.next_key_marker = encoded(page.last);
    if (!page.last_id.empty()) out.next_upload_id_marker = page.last_id;
  }
  put_prefixes(out, page.common_prefixes, encoded);
  for (const store::UploadRow& row : page.rows) {
    if (!out.uploads) out.uploads.emplace();
    MultipartUpload& upload = out.uploads->emplace_back();
    upload.key = encoded(row.key);
    upload.upload_id = row.id;
    upload.initiated = row.initiated;
    upload.storage_class =
        present(store::attribute(row.attributes, fact::kStorageClass)).value_or("STANDARD");
    upload.owner = owner_of(ref, call);
    upload.initiator.emplace().id = std::string(store::attribute(row.attributes, fact::kInitiator));
    if (!store::attribute(row.attributes, fact::kChecksumChosen).empty()) {
      upload.checksum_algorithm =
          present(store::attribute(row.attributes, fact::kChecksumAlgorithm));
      upload.checksum_type = present(store::attribute(row.attributes, fact::kChecksumType));
    }
  }
  return answer(std::move(out));
}

Result<ObjectResponse> list_parts(Core& core, const ListPartsInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  RC_TRY(std::size_t max, page_size(in.max_parts, "max-parts"));
  const std::int32_t after = in.part_number_marker.value_or(0);
  if (after < 0) {
    return invalid_argument(
        "Argument part-number-marker must be an integer between 0 and 2147483647",
        "part-number-marker", std::to_string(after));
  }
  RC_TRY(auto reader, core.readers.borrow());
  RC_TRY(auto upload, reader->find_upload(in.bucket, in.key, in.upload_id));
  if (!upload) return no_such_upload(in.upload_id);
  RC_TRY(auto parts, reader->parts(in.upload_id, after, max + 1));
  ListPartsOutput out;
  out.bucket = in.bucket;
  out.key = in.key;
  out.upload_id = in.upload_id;
  out.part_number_marker = after;
  out.max_parts = static_cast<std::int32_t>(max);
  out.is_truncated = max > 0 && parts.size() > max;
  if (parts.size() > max) parts.resize(max);
  out.next_part_number_marker = parts.empty() ? 0 : parts.back().number;
  out.storage_class =
      present(store::attribute(upload->attributes, fact::kStorageClass)).value_or("STANDARD");
  out.owner = owner_of(ref, call);
  out.initiator.emplace().id = std::string(store::attribute(upload->attributes, fact::kInitiator));
  if (!store::attribute(upload->attributes, fact::kChecksumChosen).empty()) {
    out.checksum_algorithm =
        present(store::attribute(upload->attributes, fact::kChecksumAlgorithm));
    out.checksum_type = present(store::attribute(upload->attributes, fact::kChecksumType));
  }
  for (const store::PartRow& row : parts) {
    if (!out.parts) out.parts.emplace();
    Part& part = out.parts->emplace_back();
    part.part_number = row.number;
    part.last_modified = row.modified;
    part.etag = quoted(row.etag);
    part.size = static_cast<decltype(part.size)::value_type>(row.size);
    put_checksum(part, store::attribute(row.attributes, fact::kChecksumAlgorithm),
                 store::attribute(row.attributes, fact::kChecksum));
  }
  return answer(std::move(out));
}

}  // namespace rolecall::s3
