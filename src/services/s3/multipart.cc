// Multipart uploads: beginning, completing and aborting them. Their parts come through upload.cc
// and copy.cc, their listings are in listing.cc.
#include <fmt/format.h>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "services/s3/core.h"
#include "services/s3/errors.h"
#include "services/s3/facts.h"
#include "services/s3/reading.h"
#include "services/s3/writing.h"

namespace rolecall::s3 {

namespace {

using crypto::ChecksumAlgorithm;

bool is_crc(ChecksumAlgorithm algorithm) {
  return algorithm != ChecksumAlgorithm::sha1 && algorithm != ChecksumAlgorithm::sha256;
}

// How the whole object's checksum comes from its parts' ("Checking object integrity", types).
struct ChecksumChoice {
  ChecksumAlgorithm algorithm = ChecksumAlgorithm::crc64nvme;
  std::string_view type = kFullObject;
  bool chosen = false;
};

Result<ChecksumChoice> choose_checksum(const std::optional<std::string>& algorithm,
                                       const std::optional<std::string>& type) {
  ChecksumChoice out;
  if (!algorithm) {
    if (type) {
      return invalid_request(
          "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm "
          "header.");
    }
    return out;
  }
  auto known = crypto::checksum_algorithm(*algorithm);
  if (!known) {
    return invalid_request(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
        "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
  }
  out.algorithm = *known;
  out.chosen = true;
  const bool only_full = *known == ChecksumAlgorithm::crc64nvme;
  out.type = only_full ? kFullObject : kComposite;
  if (type) {
    if ((*type == kComposite && only_full) || (*type == kFullObject && !is_crc(*known))) {
      return invalid_request(
          fmt::format("The {} checksum type cannot be used with the {} checksum algorithm.", *type,
                      lower_name(*known)));
    }
    out.type = *type == kComposite ? kComposite : kFullObject;
  }
  return out;
}

std::uint64_t big_endian(std::string_view raw) {
  std::uint64_t out = 0;
  for (char c : raw) out = out << 8 | static_cast<std::uint8_t>(c);
  return out;
}

std::string to_big_endian(std::uint64_t value, std::size_t bytes) {
  std::string out;
  for (std::size_t i = bytes; i-- > 0;) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}

// Parts' checksums into the object's. Base64, "-N" for composites.
Result<std::string> whole_checksum(const ChecksumChoice& choice,
                                   const std::vector<store::PartRow>& parts) {
  if (choice.type == kComposite) {
    crypto::Checksum sum(choice.algorithm);
    for (const auto& part : parts) {
      auto raw = base64_decode(store::attribute(part.attributes, fact::kChecksum));
      if (!raw) return fault("s3: a part without a checksum");
      sum.update(*raw);
    }
    return fmt::format("{}-{}", sum.finish_base64(), parts.size());
  }
  std::uint64_t value = 0;
  for (const auto& part : parts) {
    auto raw = base64_decode(store::attribute(part.attributes, fact::kChecksum));
    if (!raw) return fault("s3: a part without a checksum");
    const std::uint64_t next = big_endian(*raw);
    switch (choice.algorithm) {
      case ChecksumAlgorithm::crc32:
        value = crypto::crc32_combine(static_cast<std::uint32_t>(value),
                                      static_cast<std::uint32_t>(next), part.size);
        break;
      case ChecksumAlgorithm::crc32c:
        value = crypto::crc32c_combine(static_cast<std::uint32_t>(value),
                                       static_cast<std::uint32_t>(next), part.size);
        break;
      case ChecksumAlgorithm::crc64nvme:
        value = crypto::crc64nvme_combine(value, next, part.size);
        break;
      default:
        return fault("s3: a full-object checksum that cannot be combined");
    }
  }
  return base64_encode(to_big_endian(value, checksum_bytes(choice.algorithm)));
}

ChecksumChoice choice_of(const store::UploadRow& upload) {
  ChecksumChoice out;
  out.algorithm =
      crypto::checksum_algorithm(store::attribute(upload.attributes, fact::kChecksumAlgorithm))
          .value_or(ChecksumAlgorithm::crc64nvme);
  out.type = store::attribute(upload.attributes, fact::kChecksumType) == kComposite ? kComposite
                                                                                    : kFullObject;
  out.chosen = !store::attribute(upload.attributes, fact::kChecksumChosen).empty();
  return out;
}

ApiError invalid_part(const CompletedPart& part, std::string_view upload_id) {
  ApiError e = ApiError::make(400, "InvalidPart",
                              "One or more of the specified parts could not be found.  The part "
                              "may not have been uploaded, or the specified entity tag may not "
                              "match the part's entity tag.");
  e.details = {{"UploadId", std::string(upload_id)},
               {"PartNumber", std::to_string(part.part_number.value_or(0))},
               {"ETag", std::string(unquoted(part.etag.value_or("")))}};
  return e;
}

// The rows of the parts that the caller lists, in its order, each checked against what it says.
Result<std::vector<store::PartRow>> chosen_parts(store::ObjectQueries& index,
                                                 const CompleteMultipartUploadInput& in,
                                                 const ChecksumChoice& choice) {
  const auto& wanted = in.multipart_upload->parts;
  if (!wanted || wanted->empty() || wanted->size() > static_cast<std::size_t>(kPartNumberMax)) {
    return malformed_xml();
  }
  RC_TRY(auto rows, index.parts(in.upload_id, 0, static_cast<std::size_t>(kPartNumberMax)));
  std::vector<store::PartRow> out;
  out.reserve(wanted->size());
  std::int32_t before = 0;
  auto row = rows.begin();
  for (const CompletedPart& part : *wanted) {
    if (!part.part_number || !part.etag) return malformed_xml();
    if (*part.part_number <= before) {
      ApiError e = ApiError::make(400, "InvalidPartOrder",
                                  "The list of parts was not in ascending order. Parts must be "
                                  "ordered by part number.");
      e.details = {{"UploadId", in.upload_id}};
      return e;
    }
    before = *part.part_number;
    while (row != rows.end() && row->number < before) ++row;
    if (row == rows.end() || row->number != before || unquoted(*part.etag) != row->etag) {
      return invalid_part(part, in.upload_id);
    }
    RC_TRY(auto given, given_checksum(part));
    if (given && choice.chosen) {
      if (given->algorithm != choice.algorithm ||
          given->value != store::attribute(row->attributes, fact::kChecksum)) {
        return invalid_part(part, in.upload_id);
      }
    }
    out.push_back(std::move(*row++));
  }
  for (std::size_t i = 0; i + 1 < out.size(); ++i) {
    if (out[i].size >= kPartBytesMin) continue;
    ApiError e = ApiError::make(400, "EntityTooSmall",
                                "Your proposed upload is smaller than the minimum allowed size");
    e.details = {{"ETag", out[i].etag},
                 {"MinSizeAllowed", std::to_string(kPartBytesMin)},
                 {"ProposedSize", std::to_string(out[i].size)},
                 {"PartNumber", std::to_string(out[i].number)}};
    return e;
  }
  return out;
}

// The parts' bytes as one: linked when there is one file, in memory when there is little, otherwise
// copied by the kernel into a new file.
Result<store::Bytes> join(Core& core, store::ObjectQueries& index,
                          const std::vector<store::PartRow>& parts, std::uint64_t size) {
  store::Bytes out;
  if (parts.size() == 1 && !parts[0].bytes.file.empty()) {
    RC_TRY(out.file, core.blobs->link(parts[0].bytes.file));
    return out;
  }
  if (size <= store::kInlineBytesMax) {
    for (const auto& part : parts) {
      RC_TRY(std::string bytes, index.inlined(part.bytes));
      out.inlined += bytes;
    }
    return out;
  }
  RC_TRY(auto writer, core.blobs->create());
  for (const auto& part : parts) {
    if (part.bytes.file.empty()) {
      RC_TRY(std::string bytes, index.inlined(part.bytes));
      RC_CHECK(writer->write(bytes));
      continue;
    }
    RC_TRY(auto fd, core.blobs->open_blob(part.bytes.file));
    if (!fd) return fault("s3: the file of part " + std::to_string(part.number) + " is missing");
    FileSlice file(*fd, 0, part.size);
    RC_CHECK(writer->append_from(file.fd(), 0, part.size));
  }
  RC_TRY(out.file, writer->commit());
  return out;
}

bool same_bytes(const store::PartRow& a, const store::PartRow& b) {
  return a.number == b.number && a.bytes.file == b.bytes.file && a.bytes.row == b.bytes.row &&
         a.etag == b.etag;
}

}  // namespace

Result<Plan> create_multipart_upload(Core& core, const CreateMultipartUploadInput& in,
                                     const Call& call) {
  if (auto wrong = check_key(in.key)) return *wrong;
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  const GivenHeaders given = given_headers(in);
  std::vector<Tag> tags;
  if (in.tagging) {
    RC_TRY(tags, parse_tagging_header(*in.tagging));
  }
  RC_CHECK(authorize_put(ref, in.key, given, tags, {}, call));
  store::UploadRow upload;
  RC_TRY(upload.attributes, attributes_from(given));
  RC_TRY(ChecksumChoice choice, choose_checksum(in.checksum_algorithm, in.checksum_type));
  store::set_attribute(upload.attributes, fact::kChecksumAlgorithm,
                       crypto::checksum_name(choice.algorithm));
  store::set_attribute(upload.attributes, fact::kChecksumType, choice.type);
  if (choice.chosen) store::set_attribute(upload.attributes, fact::kChecksumChosen, "1");
  store::set_attribute(upload.attributes, fact::kInitiator, call.caller.arn);
  upload.key = in.key;
  upload.initiated = call.now.truncated_to_seconds();
  // Begins with the time, so that uploads of one key are listed in the order they began.
  upload.id = fmt::format("{:014x}", call.now.micros) +
              core.random.text(50, "abcdefghijklmnopqrstuvwxyz0123456789");
  Plan plan;
  plan.step = [&in, ref, choice, upload = std::move(upload)](store::WriteTxn& txn,
                                                             Freed&) -> Result<ObjectResponse> {
    RC_CHECK(bucket_unchanged(txn.state(), ref));
    RC_CHECK(txn.objects().create_upload(in.bucket, upload));
    CreateMultipartUploadOutput out;
    out.bucket = in.bucket;
    out.key = in.key;
    out.upload_id = upload.id;
    out.server_side_encryption = present(store::attribute(upload.attributes, fact::kEncryption));
    if (choice.chosen) {
      out.checksum_algorithm = std::string(crypto::checksum_name(choice.algorithm));
      out.checksum_type = std::string(choice.type);
    }
    return answer(std::move(out));
  };
  return plan;
}

Result<Plan> complete_multipart_upload(Core& core, const CompleteMultipartUploadInput& in,
                                       const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  RC_TRY(auto reader, core.readers.borrow());
  RC_TRY(auto upload, reader->find_upload(in.bucket, in.key, in.upload_id));
  if (!upload) return no_such_upload(in.upload_id);
  if (!in.multipart_upload) return malformed_xml();
  const ChecksumChoice choice = choice_of(*upload);
  RC_TRY(auto parts, chosen_parts(*reader, in, choice));

  std::uint64_t size = 0;
  crypto::Md5 etags;
  std::vector<PartFact> facts;
  for (const auto& part : parts) {
    size += part.size;
    etags.update(hex_decode(part.etag).value_or(""));
    facts.push_back(
        {part.number, part.size,
         choice.chosen ? std::string(store::attribute(part.attributes, fact::kChecksum)) : ""});
  }
  if (size > kObjectBytesMax) return entity_too_large(size, kObjectBytesMax);
  if (in.mpu_object_size && static_cast<std::uint64_t>(*in.mpu_object_size) != size) {
    return invalid_request(
        "The provided 'x-amz-mp-object-size' header does not match what was computed");
  }
  if (in.checksum_type && *in.checksum_type != choice.type) {
    return invalid_request(
        fmt::format("The upload was created using the {} checksum mode. The complete request must "
                    "use the same checksum mode.",
                    choice.type));
  }
  RC_TRY(std::string checksum, whole_checksum(choice, parts));
  RC_TRY(auto given, given_checksum(in));
  if (given && given->algorithm == choice.algorithm) {
    // A composite value may come with or without its count.
    const std::string_view bare = std::string_view(checksum).substr(0, checksum.find('-'));
    if (given->value != checksum && given->value != bare)
      return checksum_mismatch(given->algorithm);
  }

  store::ObjectRow row;
  row.key = in.key;
  row.size = size;
  row.etag = fmt::format("{}-{}", hex_encode(etags.finish()), parts.size());
  row.modified = call.now.truncated_to_seconds();
  row.attributes = upload->attributes;
  store::erase_attribute(row.attributes, fact::kChecksumChosen);
  store::erase_attribute(row.attributes, fact::kInitiator);
  set_checksum_facts(row.attributes, choice.algorithm, choice.type, checksum);
  store::set_attribute(row.attributes, fact::kParts, encode_parts(facts));
  RC_TRY(store::Bytes bytes, join(core, *reader, parts, size));

  Plan plan;
  if (!bytes.file.empty()) plan.created.push_back(bytes.file);
  plan.step = [&in, &call, ref, parts = std::move(parts), row = std::move(row),
               bytes = std::move(bytes)](store::WriteTxn& txn,
                                         Freed& freed) -> Result<ObjectResponse> {
    // Somebody may have ended the upload, or sent a part again, while its bytes were joined.
    RC_TRY(auto still, txn.objects().find_upload(in.bucket, in.key, in.upload_id));
    if (!still) return no_such_upload(in.upload_id);
    RC_TRY(auto now,
           txn.objects().parts(in.upload_id, 0, static_cast<std::size_t>(kPartNumberMax)));
    auto at = now.begin();
    for (const auto& part : parts) {
      while (at != now.end() && at->number < part.number) ++at;
      if (at == now.end() || !same_bytes(*at, part)) {
        CompletedPart changed;
        changed.part_number = part.number;
        changed.etag = part.etag;
        return invalid_part(changed, in.upload_id);
      }
    }
    RC_CHECK(put_row(txn, ref, row, bytes, {in.if_match, in.if_none_match}, freed));
    RC_CHECK(txn.objects().erase_upload(in.bucket, in.key, in.upload_id, freed));
    CompleteMultipartUploadOutput out;
    out.bucket = in.bucket;
    out.key = in.key;
    out.etag = quoted(row.etag);
    out.location = fmt::format("{}://{}/{}/{}", call.tls ? "https" : "http", call.host, in.bucket,
                               percent_encode(in.key));
    put_checksum_of(out, row.attributes);
    out.server_side_encryption = present(store::attribute(row.attributes, fact::kEncryption));
    return answer(std::move(out));
  };
  return plan;
}

Result<Plan> abort_multipart_upload(Core&, const AbortMultipartUploadInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  Plan plan;
  plan.step = [&in, ref](store::WriteTxn& txn, Freed& freed) -> Result<ObjectResponse> {
    RC_CHECK(bucket_unchanged(txn.state(), ref));
    RC_TRY(auto upload, txn.objects().find_upload(in.bucket, in.key, in.upload_id));
    if (!upload) return no_such_upload(in.upload_id);
    RC_CHECK(txn.objects().erase_upload(in.bucket, in.key, in.upload_id, freed));
    return answer(AbortMultipartUploadOutput{});
  };
  return plan;
}

}  // namespace rolecall::s3
