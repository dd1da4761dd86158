#include "services/s3/facts.h"

#include <fmt/format.h>

#include <charconv>

#include "base/encoding.h"
#include "services/s3/bucket.h"
#include "services/s3/errors.h"

namespace rolecall::s3 {

namespace {

using store::set_attribute;

bool is_tag_text(std::string_view text) {
  // Letters, digits and blanks of any script, and + - = . _ : / @ ("Object tagging").
  for (char c : text) {
    if (static_cast<std::uint8_t>(c) >= 0x80) continue;
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && std::string_view(" +-=._:/@").find(c) == std::string_view::npos) return false;
  }
  return is_valid_utf8(text);
}

std::size_t characters(std::string_view utf8) {
  std::size_t n = 0;
  for (char c : utf8) n += (static_cast<std::uint8_t>(c) & 0xC0) != 0x80;
  return n;
}

ApiError invalid_tag(std::string message) {
  return ApiError::make(400, "InvalidTag", std::move(message));
}

// aws-chunked describes the transfer and is not kept.
std::string stored_encoding(std::string_view given) {
  std::string out;
  while (!given.empty()) {
    auto comma = given.find(',');
    std::string_view item = trim(given.substr(0, comma));
    given = comma == std::string_view::npos ? std::string_view() : given.substr(comma + 1);
    if (item.empty() || equal_ignoring_case(item, "aws-chunked")) continue;
    if (!out.empty()) out += ",";
    out += item;
  }
  return out;
}

std::optional<ApiError> check_storage_class(std::string_view given) {
  for (std::string_view known : {"STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA",
                                 "INTELLIGENT_TIERING", "GLACIER_IR"}) {
    if (given == known) return std::nullopt;
  }
  // These want RestoreObject before a read, which is not served.
  if (given == "GLACIER" || given == "DEEP_ARCHIVE") {
    return header_not_implemented("x-amz-storage-class");
  }
  ApiError e =
      ApiError::make(400, "InvalidStorageClass", "The storage class you specified is not valid");
  e.details = {{"StorageClassRequested", std::string(given)}};
  return e;
}

}  // namespace

std::optional<ApiError> check_tags(const std::vector<Tag>& tags, TagOwner owner) {
  const std::size_t max = owner == TagOwner::object ? kObjectTagsMax : kBucketTagsMax;
  if (tags.size() > max) {
    return ApiError::make(400, "BadRequest",
                          fmt::format("{} tags cannot be greater than {}",
                                      owner == TagOwner::object ? "Object" : "Bucket", max));
  }
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const Tag& tag = tags[i];
    if (tag.key.empty() || characters(tag.key) > 128 || !is_tag_text(tag.key)) {
      return invalid_tag("The TagKey you have provided is invalid");
    }
    if (characters(tag.value) > 256 || !is_tag_text(tag.value)) {
      return invalid_tag("The TagValue you have provided is invalid");
    }
    if (starts_with_ignoring_case(tag.key, "aws:")) {
      return invalid_tag("System tags cannot be added/updated by requester");
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (tags[j].key == tag.key) {
        return invalid_tag("Cannot provide multiple Tags with the same key");
      }
    }
  }
  return std::nullopt;
}

Result<std::vector<Tag>> parse_tagging_header(std::string_view header) {
  std::vector<Tag> tags;
  const std::string_view whole = header;
  auto malformed = [&] {
    return invalid_argument(
        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters "
        "without tag name duplicates.",
        "x-amz-tagging", whole);
  };
  while (!header.empty()) {
    auto end = header.find('&');
    std::string_view item = header.substr(0, end);
    header = end == std::string_view::npos ? std::string_view() : header.substr(end + 1);
    if (item.empty()) continue;
    auto equals = item.find('=');
    auto key = percent_decode(item.substr(0, equals), Plus::space);
    auto value = equals == std::string_view::npos
                     ? std::optional<std::string>("")
                     : percent_decode(item.substr(equals + 1), Plus::space);
    if (!key || !value) return malformed();
    for (const Tag& tag : tags) {
      if (tag.key == *key) return malformed();
    }
    tags.push_back({std::move(*key), std::move(*value)});
  }
  if (auto wrong = check_tags(tags, TagOwner::object)) return *wrong;
  return tags;
}

void replace_tags(store::Attributes& attributes, const std::vector<Tag>& tags) {
  std::erase_if(attributes, [](const auto& pair) { return pair.first.starts_with(fact::kTag); });
  for (const Tag& tag : tags) {
    set_attribute(attributes, std::string(fact::kTag) + tag.key, tag.value);
  }
}

std::vector<Tag> tags_of(const store::Attributes& attributes) {
  std::vector<Tag> out;
  for (const auto& [name, value] : attributes) {
    if (name.starts_with(fact::kTag)) out.push_back({name.substr(fact::kTag.size()), value});
  }
  return out;
}

Result<store::Attributes> attributes_from(const GivenHeaders& given) {
  if (!given.unserved.empty()) return header_not_implemented(given.unserved);
  // Ownership is always "bucket owner enforced": access control lists change nothing, and those
  // that would are refused ("Controlling ownership of objects").
  if (given.acl && *given.acl != "bucket-owner-full-control" && *given.acl != "private") {
    return ApiError::make(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
  }
  store::Attributes out;
  auto keep = [&out](std::string_view name, const std::optional<std::string>& value) {
    if (value && !value->empty()) set_attribute(out, name, *value);
  };
  keep(fact::kCacheControl, given.cache_control);
  keep(fact::kContentDisposition, given.content_disposition);
  if (given.content_encoding)
    keep(fact::kContentEncoding, stored_encoding(*given.content_encoding));
  keep(fact::kContentLanguage, given.content_language);
  keep(fact::kContentType, given.content_type);
  if (given.expires) set_attribute(out, fact::kExpires, std::to_string(given.expires->micros));
  if (given.website_redirect_location) {
    const std::string& to = *given.website_redirect_location;
    if (!to.starts_with("/") && !to.starts_with("http://") && !to.starts_with("https://")) {
      return ApiError::make(400, "InvalidRedirectLocation",
                            "The website redirect location must have a prefix of 'http://' or "
                            "'https://' or '/'.");
    }
    set_attribute(out, fact::kRedirect, to);
  }
  if (given.storage_class) {
    if (auto wrong = check_storage_class(*given.storage_class)) return *wrong;
    if (*given.storage_class != "STANDARD") {
      set_attribute(out, fact::kStorageClass, *given.storage_class);
    }
  }
  if (given.server_side_encryption) {
    if (*given.server_side_encryption != "AES256") {
      return header_not_implemented("x-amz-server-side-encryption");
    }
    set_attribute(out, fact::kEncryption, "AES256");
  }
  if (given.metadata) {
    std::size_t bytes = 0;
    for (const auto& [name, value] : *given.metadata) {
      bytes += name.size() + value.size();
      set_attribute(out, std::string(fact::kMeta) + ascii_lower(name), value);
    }
    if (bytes > kUserMetadataBytesMax) {
      ApiError e = ApiError::make(400, "MetadataTooLarge",
                                  "Your metadata headers exceed the maximum allowed metadata size");
      e.details = {{"Size", std::to_string(bytes)},
                   {"MaxSizeAllowed", std::to_string(kUserMetadataBytesMax)}};
      return e;
    }
  }
  if (given.tagging) {
    RC_TRY(auto tags, parse_tagging_header(*given.tagging));
    replace_tags(out, tags);
  }
  return out;
}

std::string_view unquoted(std::string_view etag) {
  etag = trim(etag);
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
    etag = etag.substr(1, etag.size() - 2);
  }
  return etag;
}

// ---- checksums ----

std::size_t checksum_bytes(crypto::ChecksumAlgorithm algorithm) {
  switch (algorithm) {
    case crypto::ChecksumAlgorithm::crc32:
    case crypto::ChecksumAlgorithm::crc32c:
      return 4;
    case crypto::ChecksumAlgorithm::crc64nvme:
      return 8;
    case crypto::ChecksumAlgorithm::sha1:
      return 20;
    case crypto::ChecksumAlgorithm::sha256:
      return 32;
  }
  return 0;
}

std::string lower_name(crypto::ChecksumAlgorithm algorithm) {
  return ascii_lower(crypto::checksum_name(algorithm));
}

ApiError bad_checksum_value(crypto::ChecksumAlgorithm algorithm) {
  return invalid_request(
      fmt::format("Value for {} header is invalid.", crypto::checksum_header(algorithm)));
}

ApiError checksum_mismatch(crypto::ChecksumAlgorithm algorithm) {
  return bad_digest(fmt::format("The {} you specified did not match the calculated checksum.",
                                crypto::checksum_name(algorithm)));
}

Result<std::optional<GivenChecksum>> pick_checksum(const std::optional<std::string>& crc32,
                                                   const std::optional<std::string>& crc32c,
                                                   const std::optional<std::string>& crc64nvme,
                                                   const std::optional<std::string>& sha1,
                                                   const std::optional<std::string>& sha256) {
  std::optional<GivenChecksum> out;
  const std::pair<crypto::ChecksumAlgorithm, const std::optional<std::string>*> all[] = {
      {crypto::ChecksumAlgorithm::crc32, &crc32},
      {crypto::ChecksumAlgorithm::crc32c, &crc32c},
      {crypto::ChecksumAlgorithm::crc64nvme, &crc64nvme},
      {crypto::ChecksumAlgorithm::sha1, &sha1},
      {crypto::ChecksumAlgorithm::sha256, &sha256}};
  for (const auto& [algorithm, value] : all) {
    if (!*value) continue;
    if (out) {
      return invalid_request(
          "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
    }
    out = GivenChecksum{algorithm, **value};
  }
  return out;
}

void set_checksum_facts(store::Attributes& attributes, crypto::ChecksumAlgorithm algorithm,
                        std::string_view type, std::string_view value) {
  set_attribute(attributes, fact::kChecksumAlgorithm, crypto::checksum_name(algorithm));
  set_attribute(attributes, fact::kChecksumType, type);
  set_attribute(attributes, fact::kChecksum, value);
}

// ---- parts ----

std::string encode_parts(const std::vector<PartFact>& parts) {
  std::string out;
  for (const PartFact& part : parts) {
    if (!out.empty()) out += ",";
    out += fmt::format("{}:{}:{}", part.number, part.size, part.checksum);
  }
  return out;
}

std::vector<PartFact> decode_parts(std::string_view text) {
  std::vector<PartFact> out;
  while (!text.empty()) {
    auto comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    auto first = item.find(':'), second = item.find(':', first + 1);
    if (second == std::string_view::npos) return {};
    PartFact part;
    std::from_chars(item.data(), item.data() + first, part.number);
    std::from_chars(item.data() + first + 1, item.data() + second, part.size);
    part.checksum = item.substr(second + 1);
    out.push_back(std::move(part));
  }
  return out;
}

}  // namespace rolecall::s3
