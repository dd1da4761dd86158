// CopyObject and UploadPartCopy. Both run on the pool: they open, read and sync files.
#include <charconv>

#include "base/encoding.h"
#include "services/s3/core.h"
#include "services/s3/errors.h"
#include "services/s3/facts.h"
#include "services/s3/intake.h"
#include "services/s3/reading.h"
#include "services/s3/writing.h"

namespace rolecall::s3 {

namespace {

using crypto::ChecksumAlgorithm;

constexpr std::uint64_t kCopyBytesMax = 5ull << 30;  // API page of CopyObject
constexpr int kOpenAttemptsMax = 8;                  // as in read.cc

// The source as it was found, its file open so that a replacement does not matter any more.
struct Source {
  BucketRef ref;
  std::string key;
  store::ObjectRow row;
  std::string inlined;
  std::optional<FileSlice> file;
};

// Finds the source and asks for the right to read it.
template <class In>
Result<Source> open_source(Core& core, const In& in, const Call& call) {
  RC_TRY(CopySource named, parse_copy_source(in.copy_source));
  if (in.copy_source_sse_customer_algorithm || in.copy_source_sse_customer_key) {
    return header_not_implemented("x-amz-copy-source-server-side-encryption-customer-algorithm");
  }
  RC_TRY(BucketRef ref, open_bucket(call.state, named.bucket, in.expected_source_bucket_owner));
  RC_TRY(auto reader, core.readers.borrow());
  for (int attempt = 0; attempt < kOpenAttemptsMax; ++attempt) {
    std::string inlined;
    RC_TRY(auto row, reader->find_with_bytes(named.bucket, named.key, inlined));
    RC_CHECK(
        ask(call, object_question("s3:GetObject", ref, named.key, row ? &*row : nullptr, call)));
    if (!row) return missing_key(ref, named.key, call);
    switch (weigh_conditions(
        *row, {in.copy_source_if_match, in.copy_source_if_none_match,
               in.copy_source_if_modified_since, in.copy_source_if_unmodified_since})) {
      case Verdict::if_match_failed:
        return precondition_failed("x-amz-copy-source-If-Match");
      case Verdict::if_unmodified_failed:
        return precondition_failed("x-amz-copy-source-If-Unmodified-Since");
      case Verdict::not_modified:
        return precondition_failed(in.copy_source_if_none_match
                                       ? "x-amz-copy-source-If-None-Match"
                                       : "x-amz-copy-source-If-Modified-Since");
      case Verdict::go_on:
        break;
    }
    std::optional<FileSlice> file;
    if (!row->bytes.file.empty()) {
      RC_TRY(auto fd, core.blobs->open_blob(row->bytes.file));
      if (!fd) continue;
      file.emplace(*fd, 0, row->size);
    }
    return Source{ref, named.key, *std::move(row), std::move(inlined), std::move(file)};
  }
  return fault("s3: the file of `" + named.key + "` in `" + named.bucket + "` is missing");
}

Status read_source(const Source& source, std::uint64_t first, std::uint64_t length, Intake& into) {
  if (!source.file) return into.write(std::string_view(source.inlined).substr(first, length));
  return into.read_from(source.file->fd(), first, length);
}

Result<std::optional<ChecksumAlgorithm>> asked_checksum(const std::optional<std::string>& name) {
  if (!name) return std::optional<ChecksumAlgorithm>();
  auto known = crypto::checksum_algorithm(*name);
  if (!known) {
    return invalid_request(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
        "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
  }
  return known;
}

// What of the source's facts a copy takes over.
store::Attributes copied_attributes(const store::Attributes& source, bool with_headers,
                                    bool with_tags) {
  store::Attributes out;
  for (const auto& [name, value] : source) {
    const bool tag = name.starts_with(fact::kTag);
    const bool header = name.starts_with(fact::kMeta) || name == fact::kCacheControl ||
                        name == fact::kContentDisposition || name == fact::kContentEncoding ||
                        name == fact::kContentLanguage || name == fact::kContentType ||
                        name == fact::kExpires;
    if ((tag && with_tags) || (header && with_headers)) out.emplace_back(name, value);
  }
  return out;
}

// "bytes=first-last", both given and inside the source.
Result<std::pair<std::uint64_t, std::uint64_t>> copy_range(std::string_view header,
                                                           std::uint64_t size) {
  auto invalid = [&] {
    return invalid_argument(
        "The x-amz-copy-source-range value must be of the form bytes=first-last where first and "
        "last are the zero-based offsets of the first and last bytes to copy",
        "x-amz-copy-source-range", header);
  };
  if (!header.starts_with("bytes=")) return invalid();
  std::string_view text = header.substr(6);
  std::uint64_t first = 0, last = 0;
  auto [mid, problem] = std::from_chars(text.data(), text.data() + text.size(), first);
  if (problem != std::errc() || mid == text.data() + text.size() || *mid != '-') return invalid();
  auto [end, problem2] = std::from_chars(mid + 1, text.data() + text.size(), last);
  if (problem2 != std::errc() || end != text.data() + text.size() || last < first) return invalid();
  if (last >= size) {
    return invalid_argument(
        "Range specified is not valid for source object of size: " + std::to_string(size),
        "x-amz-copy-source-range", header);
  }
  return std::pair(first, last - first + 1);
}

}  // namespace

Result<Plan> copy_object(Core& core, const CopyObjectInput& in, const Call& call) {
  if (auto wrong = check_key(in.key)) return *wrong;
  auto directive = [](const std::optional<std::string>& value, std::string_view name,
                      bool& replace) -> Status {
    if (value && *value != "COPY" && *value != "REPLACE") {
      return invalid_argument("Unknown " + std::string(name) + " directive.",
                              "x-amz-" + ascii_lower(name) + "-directive", *value);
    }
    replace = value == "REPLACE";
    return {};
  };
  bool replace_metadata = false, replace_tags_too = false;
  RC_CHECK(directive(in.metadata_directive, "metadata", replace_metadata));
  RC_CHECK(directive(in.tagging_directive, "tagging", replace_tags_too));
  RC_TRY(BucketRef target, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  RC_TRY(Source source, open_source(core, in, call));

  const GivenHeaders given = given_headers(in);
  std::vector<Tag> tags;
  if (replace_tags_too) {
    if (in.tagging) {
      RC_TRY(tags, parse_tagging_header(*in.tagging));
    }
  } else {
    tags = tags_of(source.row.attributes);
    if (!tags.empty()) {
      RC_CHECK(ask(
          call, object_question("s3:GetObjectTagging", source.ref, source.key, &source.row, call)));
    }
  }
  Keys keys{{"s3:x-amz-copy-source", {source.ref.name() + "/" + source.key}}};
  if (in.metadata_directive) {
    keys.push_back({"s3:x-amz-metadata-directive", {*in.metadata_directive}});
  }
  RC_CHECK(authorize_put(target, in.key, given, tags, keys, call));

  RC_TRY(store::Attributes attributes, attributes_from(given));
  const bool to_itself = target.name() == source.ref.name() && in.key == source.key;
  if (to_itself && !replace_metadata && !in.storage_class && !in.website_redirect_location &&
      !in.server_side_encryption) {
    return invalid_request(
        "This copy request is illegal because it is trying to copy an object to itself without "
        "changing the object's metadata, storage class, website redirect location or encryption "
        "attributes.");
  }
  if (source.row.size > kCopyBytesMax) {
    return invalid_request(
        "The specified copy source is larger than the maximum allowable size for a copy source: " +
        std::to_string(kCopyBytesMax));
  }
  if (!replace_metadata) {
    // The request's own headers count for what is never copied only.
    store::Attributes kept = copied_attributes(source.row.attributes, true, false);
    for (std::string_view name : {fact::kStorageClass, fact::kEncryption, fact::kRedirect}) {
      if (auto value = store::attribute(attributes, name); !value.empty()) {
        store::set_attribute(kept, name, value);
      }
    }
    attributes = std::move(kept);
  }
  replace_tags(attributes, tags);

  // The bytes are shared with the source where nothing about them must be computed anew.
  RC_TRY(auto asked, asked_checksum(in.checksum_algorithm));
  auto known =
      crypto::checksum_algorithm(store::attribute(source.row.attributes, fact::kChecksumAlgorithm));
  const bool composite = store::attribute(source.row.attributes, fact::kChecksumType) == kComposite;
  const ChecksumAlgorithm algorithm = asked.value_or(known.value_or(ChecksumAlgorithm::crc64nvme));
  Plan plan;
  store::ObjectRow row;
  store::Bytes bytes;
  if (!composite && known == algorithm && source.row.etag.find('-') == std::string::npos) {
    row.etag = source.row.etag;
    set_checksum_facts(attributes, algorithm, kFullObject,
                       store::attribute(source.row.attributes, fact::kChecksum));
    if (source.file) {
      auto linked = core.blobs->link(source.row.bytes.file);
      if (linked) {
        bytes.file = *std::move(linked);
      } else {  // removed meanwhile; its bytes are still open
        Intake intake(core, {});
        RC_CHECK(read_source(source, 0, source.row.size, intake));
        RC_TRY(bytes, intake.keep());
      }
    } else {
      bytes.inlined = std::move(source.inlined);
    }
  } else {
    Intake intake(core, {algorithm});
    RC_CHECK(read_source(source, 0, source.row.size, intake));
    intake.close();
    row.etag = intake.md5_hex();
    set_checksum_facts(attributes, algorithm, kFullObject, intake.checksum(algorithm));
    RC_TRY(bytes, intake.keep());
  }
  if (!bytes.file.empty()) plan.created.push_back(bytes.file);
  row.key = in.key;
  row.size = source.row.size;
  row.modified = call.now.truncated_to_seconds();
  row.attributes = std::move(attributes);
  plan.step = [&in, target, row = std::move(row), bytes = std::move(bytes)](
                  store::WriteTxn& txn, Freed& freed) -> Result<ObjectResponse> {
    RC_CHECK(put_row(txn, target, row, bytes, {in.if_match, in.if_none_match}, freed));
    CopyObjectOutput out;
    auto& result = out.copy_object_result.emplace();
    result.etag = quoted(row.etag);
    result.last_modified = row.modified;
    put_checksum_of(result, row.attributes);
    out.server_side_encryption = present(store::attribute(row.attributes, fact::kEncryption));
    return answer(std::move(out));
  };
  return plan;
}

Result<Plan> upload_part_copy(Core& core, const UploadPartCopyInput& in, const Call& call) {
  RC_TRY(BucketRef target, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  RC_TRY(Source source, open_source(core, in, call));
  services::Question q = object_question("s3:PutObject", target, in.key, nullptr, call);
  q.keys.push_back({"s3:x-amz-copy-source", {source.ref.name() + "/" + source.key}});
  RC_CHECK(ask(call, q));
  if (in.part_number < 1 || in.part_number > kPartNumberMax) {
    return invalid_argument("Part number must be an integer between 1 and 10000, inclusive",
                            "partNumber", std::to_string(in.part_number));
  }
  std::pair<std::uint64_t, std::uint64_t> range{0, source.row.size};
  if (in.copy_source_range) {
    RC_TRY(range, copy_range(*in.copy_source_range, source.row.size));
  }
  if (range.second > kPartBytesMax) return entity_too_large(range.second, kPartBytesMax);
  std::optional<store::UploadRow> upload;
  {
    RC_TRY(auto reader, core.readers.borrow());
    RC_TRY(upload, reader->find_upload(in.bucket, in.key, in.upload_id));
  }
  if (!upload) return no_such_upload(in.upload_id);
  const ChecksumAlgorithm algorithm =
      crypto::checksum_algorithm(store::attribute(upload->attributes, fact::kChecksumAlgorithm))
          .value_or(ChecksumAlgorithm::crc64nvme);
  Intake intake(core, {algorithm});
  RC_CHECK(read_source(source, range.first, range.second, intake));
  intake.close();
  Plan plan;
  store::PartRow part;
  part.number = in.part_number;
  part.size = intake.size();
  part.etag = intake.md5_hex();
  part.modified = call.now.truncated_to_seconds();
  set_checksum_facts(part.attributes, algorithm, kFullObject, intake.checksum(algorithm));
  const bool chosen = !store::attribute(upload->attributes, fact::kChecksumChosen).empty();
  RC_TRY(store::Bytes bytes, intake.keep());
  if (!bytes.file.empty()) plan.created.push_back(bytes.file);
  plan.step = [&in, target, chosen, part = std::move(part), bytes = std::move(bytes)](
                  store::WriteTxn& txn, Freed& freed) -> Result<ObjectResponse> {
    RC_CHECK(bucket_unchanged(txn.state(), target));
    RC_TRY(auto still, txn.objects().find_upload(in.bucket, in.key, in.upload_id));
    if (!still) return no_such_upload(in.upload_id);
    RC_CHECK(txn.objects().put_part(in.upload_id, part, bytes, freed));
    UploadPartCopyOutput out;
    auto& result = out.copy_part_result.emplace();
    result.etag = quoted(part.etag);
    result.last_modified = part.modified;
    if (chosen) put_checksum_of(result, part.attributes);
    return answer(std::move(out));
  };
  return plan;
}

}  // namespace rolecall::s3
