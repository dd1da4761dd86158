// What is kept about an object beside its bytes: headers, user metadata, tags and checksums, as
// attributes of its row (store/objects.h). Made from inputs here, and put into outputs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/checksum.h"
#include "identity/entities.h"
#include "models/s3.h"
#include "store/objects.h"

namespace rolecall::s3 {

inline constexpr std::size_t kUserMetadataBytesMax = 2'048;  // "Working with object metadata"
inline constexpr std::uint64_t kPutBytesMax = 5ull << 30;    // "Uploading objects"
inline constexpr std::uint64_t kPartBytesMin = 5ull << 20;   // "Amazon S3 multipart upload limits"
inline constexpr std::uint64_t kPartBytesMax = 5ull << 30;
inline constexpr std::uint64_t kObjectBytesMax = 48'800ull << 30;
inline constexpr std::int32_t kPartNumberMax = 10'000;

// Attribute names.
namespace fact {
inline constexpr std::string_view kCacheControl = "cache-control";
inline constexpr std::string_view kContentDisposition = "content-disposition";
inline constexpr std::string_view kContentEncoding = "content-encoding";
inline constexpr std::string_view kContentLanguage = "content-language";
inline constexpr std::string_view kContentType = "content-type";
inline constexpr std::string_view kExpires = "expires";  // microseconds
inline constexpr std::string_view kRedirect = "website-redirect-location";
inline constexpr std::string_view kStorageClass = "storage-class";  // absent: STANDARD
inline constexpr std::string_view kEncryption = "encryption";
inline constexpr std::string_view kMeta = "m:";  // prefix; user metadata
inline constexpr std::string_view kTag = "t:";   // prefix; tags
inline constexpr std::string_view kChecksumAlgorithm = "checksum-algorithm";
inline constexpr std::string_view kChecksumType = "checksum-type";
inline constexpr std::string_view kChecksum = "checksum";
inline constexpr std::string_view kParts = "parts";  // "number:size:checksum,…"
// Of an upload only: the algorithm was asked for; who began it.
inline constexpr std::string_view kChecksumChosen = "checksum-chosen";
inline constexpr std::string_view kInitiator = "initiator";
}  // namespace fact

inline constexpr std::string_view kComposite = "COMPOSITE";
inline constexpr std::string_view kFullObject = "FULL_OBJECT";

// ---- tags ----

enum class TagOwner { object, bucket };
// nullopt: a set of tags S3 would take.
std::optional<ApiError> check_tags(const std::vector<Tag>& tags, TagOwner owner);
// "k=v&k2=v2", percent-encoded: the x-amz-tagging header.
Result<std::vector<Tag>> parse_tagging_header(std::string_view header);
void replace_tags(store::Attributes& attributes, const std::vector<Tag>& tags);
std::vector<Tag> tags_of(const store::Attributes& attributes);

// ---- headers and metadata ----

// The headers that PutObject, CopyObject and CreateMultipartUpload share.
struct GivenHeaders {
  const std::optional<std::string>&cache_control, &content_disposition, &content_encoding,
      &content_language, &content_type, &website_redirect_location, &storage_class,
      &server_side_encryption, &acl, &tagging;
  const std::optional<Instant>& expires;
  const std::optional<std::map<std::string, std::string>>& metadata;
  // Asks for what is not done here: the first header of that kind, or "".
  std::string_view unserved;
};
template <class In>
GivenHeaders given_headers(const In& in) {
  std::string_view unserved;
  if (in.sse_customer_algorithm || in.sse_customer_key || in.sse_customer_key_md5) {
    unserved = "x-amz-server-side-encryption-customer-algorithm";
  } else if (in.ssekms_key_id || in.ssekms_encryption_context) {
    unserved = "x-amz-server-side-encryption-aws-kms-key-id";
  } else if (in.object_lock_mode || in.object_lock_retain_until_date ||
             in.object_lock_legal_hold_status) {
    unserved = "x-amz-object-lock-mode";
  } else if (in.grant_full_control || in.grant_read || in.grant_read_acp || in.grant_write_acp) {
    unserved = "x-amz-grant-full-control";
  }
  return {in.cache_control,
          in.content_disposition,
          in.content_encoding,
          in.content_language,
          in.content_type,
          in.website_redirect_location,
          in.storage_class,
          in.server_side_encryption,
          in.acl,
          in.tagging,
          in.expires,
          in.metadata,
          unserved};
}
// All of them as attributes; refuses what S3 refuses and what is not done here.
Result<store::Attributes> attributes_from(const GivenHeaders& given);

inline std::string quoted(std::string_view etag) {
  std::string out;
  out.reserve(etag.size() + 2);
  out.append("\"").append(etag).append("\"");
  return out;
}
std::string_view unquoted(std::string_view etag);

inline std::optional<std::string> present(std::string_view value) {
  if (value.empty()) return std::nullopt;
  return std::string(value);
}

// ---- checksums ----

struct GivenChecksum {
  crypto::ChecksumAlgorithm algorithm;
  std::string value;  // base64
};
std::size_t checksum_bytes(crypto::ChecksumAlgorithm algorithm);
// "crc32" of header names and messages.
std::string lower_name(crypto::ChecksumAlgorithm algorithm);
ApiError bad_checksum_value(crypto::ChecksumAlgorithm algorithm);
ApiError checksum_mismatch(crypto::ChecksumAlgorithm algorithm);

// The one x-amz-checksum-… of an input; more than one, or a malformed one, is refused.
template <class In>
Result<std::optional<GivenChecksum>> given_checksum(const In& in);
Result<std::optional<GivenChecksum>> pick_checksum(const std::optional<std::string>& crc32,
                                                   const std::optional<std::string>& crc32c,
                                                   const std::optional<std::string>& crc64nvme,
                                                   const std::optional<std::string>& sha1,
                                                   const std::optional<std::string>& sha256);
template <class In>
Result<std::optional<GivenChecksum>> given_checksum(const In& in) {
  return pick_checksum(in.checksum_crc32, in.checksum_crc32c, in.checksum_crc64nvme,
                       in.checksum_sha1, in.checksum_sha256);
}

// Into whichever member of an output the algorithm has. A composite value carries its "-N".
template <class Out>
void put_checksum(Out& out, std::string_view algorithm, std::string_view value) {
  if (value.empty()) return;
  auto known = crypto::checksum_algorithm(algorithm);
  if (!known) return;
  switch (*known) {
    case crypto::ChecksumAlgorithm::crc32:
      out.checksum_crc32 = std::string(value);
      break;
    case crypto::ChecksumAlgorithm::crc32c:
      out.checksum_crc32c = std::string(value);
      break;
    case crypto::ChecksumAlgorithm::crc64nvme:
      out.checksum_crc64nvme = std::string(value);
      break;
    case crypto::ChecksumAlgorithm::sha1:
      out.checksum_sha1 = std::string(value);
      break;
    case crypto::ChecksumAlgorithm::sha256:
      out.checksum_sha256 = std::string(value);
      break;
  }
}
template <class Out>
void put_checksum_of(Out& out, const store::Attributes& attributes) {
  put_checksum(out, store::attribute(attributes, fact::kChecksumAlgorithm),
               store::attribute(attributes, fact::kChecksum));
  if constexpr (requires { out.checksum_type; }) {
    out.checksum_type = present(store::attribute(attributes, fact::kChecksumType));
  }
}
void set_checksum_facts(store::Attributes& attributes, crypto::ChecksumAlgorithm algorithm,
                        std::string_view type, std::string_view value);

// ---- parts of an object that came as a multipart upload ----

struct PartFact {
  std::int32_t number = 0;
  std::uint64_t size = 0;
  std::string checksum;  // "" when none was asked for
};
std::string encode_parts(const std::vector<PartFact>& parts);
std::vector<PartFact> decode_parts(std::string_view text);

}  // namespace rolecall::s3
