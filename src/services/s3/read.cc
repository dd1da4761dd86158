// GetObject, HeadObject and what else tells about one object.
#include <fmt/format.h>

#include <charconv>

#include "base/encoding.h"
#include "services/s3/bucket.h"
#include "services/s3/core.h"
#include "services/s3/errors.h"
#include "services/s3/facts.h"
#include "services/s3/reading.h"

namespace rolecall::s3 {

namespace {

// An object may be replaced, and its file removed, between finding the row and opening the file.
// Each round then finds a newer row; more than a few would be a fault.
constexpr int kOpenAttemptsMax = 8;

struct Range {
  std::uint64_t first = 0, length = 0;
};

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t out = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || problem != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return out;
}

ApiError invalid_range(std::string_view asked, std::uint64_t size) {
  ApiError e = ApiError::make(416, "InvalidRange", "The requested range is not satisfiable");
  e.details = {{"RangeRequested", std::string(asked)}, {"ActualObjectSize", std::to_string(size)}};
  e.headers = {{"Content-Range", fmt::format("bytes */{}", size)}};
  return e;
}

// RFC 9110's single byte ranges. nullopt: send everything, as S3 does for what it cannot read and
// for several ranges at once.
Result<std::optional<Range>> parse_range(std::string_view header, std::uint64_t size) {
  std::string_view text = header;
  if (!text.starts_with("bytes=")) return std::optional<Range>();
  text = trim(text.substr(6));
  auto dash = text.find('-');
  if (dash == std::string_view::npos || text.find(',') != std::string_view::npos) {
    return std::optional<Range>();
  }
  std::string_view left = trim(text.substr(0, dash)), right = trim(text.substr(dash + 1));
  if (left.empty()) {
    auto suffix = number(right);
    if (!suffix) return std::optional<Range>();
    if (*suffix == 0 || size == 0) return invalid_range(header, size);
    std::uint64_t length = std::min(*suffix, size);
    return std::optional(Range{size - length, length});
  }
  auto first = number(left);
  auto last = right.empty() ? std::optional(std::uint64_t{~0ull}) : number(right);
  if (!first || !last || *last < *first) return std::optional<Range>();
  if (*first >= size) return invalid_range(header, size);
  return std::optional(Range{*first, std::min(*last, size - 1) - *first + 1});
}

Result<Range> part_range(const store::ObjectRow& row, std::int32_t part) {
  auto parts = decode_parts(store::attribute(row.attributes, fact::kParts));
  if (parts.empty() && part == 1) return Range{0, row.size};
  std::uint64_t at = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    // Parts of an object count from 1, whatever numbers they were uploaded with.
    if (static_cast<std::int32_t>(i) + 1 == part) return Range{at, parts[i].size};
    at += parts[i].size;
  }
  ApiError e =
      ApiError::make(416, "InvalidPartNumber", "The requested partnumber is not satisfiable");
  e.details = {{"ActualPartCount", std::to_string(std::max<std::size_t>(parts.size(), 1))},
               {"PartNumberRequested", std::to_string(part)}};
  return e;
}

template <class In>
bool overrides_headers(const In& in) {
  return in.response_cache_control || in.response_content_disposition ||
         in.response_content_encoding || in.response_content_language || in.response_content_type ||
         in.response_expires;
}

template <class Out>
void fill(Out& out, const store::ObjectRow& row) {
  auto get = [&row](std::string_view name) {
    return present(store::attribute(row.attributes, name));
  };
  out.accept_ranges = "bytes";
  out.last_modified = row.modified;
  out.etag = quoted(row.etag);
  out.cache_control = get(fact::kCacheControl);
  out.content_disposition = get(fact::kContentDisposition);
  out.content_encoding = get(fact::kContentEncoding);
  out.content_language = get(fact::kContentLanguage);
  out.content_type = get(fact::kContentType).value_or("binary/octet-stream");
  if (auto micros = get(fact::kExpires)) out.expires = Instant{std::atoll(micros->c_str())};
  out.website_redirect_location = get(fact::kRedirect);
  out.storage_class = get(fact::kStorageClass);
  out.server_side_encryption = get(fact::kEncryption);
  std::map<std::string, std::string> metadata;
  std::int32_t tags = 0;
  for (const auto& [name, value] : row.attributes) {
    if (name.starts_with(fact::kMeta)) metadata.emplace(name.substr(fact::kMeta.size()), value);
    if (name.starts_with(fact::kTag)) ++tags;
  }
  if (!metadata.empty()) out.metadata = std::move(metadata);
  if (tags > 0) out.tag_count = tags;
}

template <class Out, class In>
void apply_overrides(Out& out, const In& in) {
  if (in.response_cache_control) out.cache_control = in.response_cache_control;
  if (in.response_content_disposition) out.content_disposition = in.response_content_disposition;
  if (in.response_content_encoding) out.content_encoding = in.response_content_encoding;
  if (in.response_content_language) out.content_language = in.response_content_language;
  if (in.response_content_type) out.content_type = in.response_content_type;
  if (in.response_expires) out.expires = in.response_expires;
}

enum class Wanted { head, body };

// Both operations, which differ in sending the bytes only.
template <class Out, class In>
Result<ObjectResponse> read(Core& core, const In& in, const Call& call, Wanted wanted) {
  RC_TRY(BucketRef ref, open_readable(in, call));
  if (overrides_headers(in) && call.caller.kind == identity::CallerKind::anonymous) {
    return invalid_request(
        "Request specific response headers cannot be used for anonymous GET requests.");
  }
  if (in.range && in.part_number) {
    return invalid_request("Cannot specify both Range header and partNumber query parameter");
  }
  RC_TRY(auto reader, core.readers.borrow());
  for (int attempt = 0; attempt < kOpenAttemptsMax; ++attempt) {
    std::string bytes;
    std::optional<store::ObjectRow> row;
    if (wanted == Wanted::body) {
      RC_TRY(row, reader->find_with_bytes(in.bucket, in.key, bytes));
    } else {
      RC_TRY(row, reader->find(in.bucket, in.key));
    }
    RC_CHECK(ask(call, object_question("s3:GetObject", ref, in.key, row ? &*row : nullptr, call)));
    if (!row) return missing_key(ref, in.key, call);

    Out out;
    fill(out, *row);
    switch (weigh_conditions(
        *row, {in.if_match, in.if_none_match, in.if_modified_since, in.if_unmodified_since})) {
      case Verdict::if_match_failed:
        return precondition_failed("If-Match");
      case Verdict::if_unmodified_failed:
        return precondition_failed("If-Unmodified-Since");
      case Verdict::not_modified: {
        Out unchanged;
        unchanged.etag = out.etag;
        unchanged.last_modified = out.last_modified;
        unchanged.cache_control = out.cache_control;
        unchanged.expires = out.expires;
        ObjectResponse response = answer(std::move(unchanged));
        response.status = 304;
        return response;
      }
      case Verdict::go_on:
        break;
    }

    ObjectResponse response;
    Range range{0, row->size};
    if (in.part_number) {
      RC_TRY(range, part_range(*row, *in.part_number));
      auto parts = decode_parts(store::attribute(row->attributes, fact::kParts));
      if (!parts.empty()) out.parts_count = static_cast<std::int32_t>(parts.size());
      response.status = 206;
    } else if (in.range) {
      RC_TRY(auto given, parse_range(*in.range, row->size));
      if (given) {
        range = *given;
        response.status = 206;
      }
    }
    if (response.status == 206 && row->size > 0) {
      out.content_range =
          fmt::format("bytes {}-{}/{}", range.first, range.first + range.length - 1, row->size);
    }
    apply_overrides(out, in);
    if (in.checksum_mode == "ENABLED" && range.length == row->size) {
      put_checksum_of(out, row->attributes);
    }
    out.content_length = static_cast<std::int64_t>(range.length);
    response.content_length = range.length;
    if (wanted == Wanted::body) {
      if (row->bytes.file.empty()) {
        if (range.length != bytes.size()) bytes = bytes.substr(range.first, range.length);
        response.body = std::move(bytes);
      } else {
        RC_TRY(auto fd, core.blobs->open_blob(row->bytes.file));
        if (!fd) continue;  // replaced meanwhile
        response.body = FileSlice(*fd, range.first, range.length);
      }
    }
    response.output = services::Erased::of(std::move(out));
    return response;
  }
  return fault("s3: the file of `" + in.key + "` in `" + in.bucket + "` is missing");
}

}  // namespace

Verdict weigh_conditions(const store::ObjectRow& row, const Conditions& conditions) {
  // In the order of RFC 9110 section 13.2.2; times count in seconds.
  if (conditions.if_match) {
    if (!etag_matches(*conditions.if_match, row.etag)) return Verdict::if_match_failed;
  } else if (conditions.if_unmodified_since &&
             row.modified.seconds() > conditions.if_unmodified_since->seconds()) {
    return Verdict::if_unmodified_failed;
  }
  if (conditions.if_none_match) {
    if (etag_matches(*conditions.if_none_match, row.etag)) return Verdict::not_modified;
  } else if (conditions.if_modified_since &&
             row.modified.seconds() <= conditions.if_modified_since->seconds()) {
    return Verdict::not_modified;
  }
  return Verdict::go_on;
}

bool etag_matches(std::string_view header, std::string_view etag) {
  while (!header.empty()) {
    auto comma = header.find(',');
    std::string_view item = unquoted(header.substr(0, comma));
    if (item == "*" || item == etag) return true;
    if (comma == std::string_view::npos) return false;
    header.remove_prefix(comma + 1);
  }
  return false;
}

std::optional<ApiError> check_version(const std::optional<std::string>& version_id) {
  // Buckets are not versioned: every object is the version "null".
  if (!version_id || *version_id == "null") return std::nullopt;
  return invalid_argument("Invalid version id specified", "versionId", *version_id);
}

Result<ObjectResponse> get_object(Core& core, const GetObjectInput& in, const Call& call) {
  return read<GetObjectOutput>(core, in, call, Wanted::body);
}

Result<ObjectResponse> head_object(Core& core, const HeadObjectInput& in, const Call& call) {
  return read<HeadObjectOutput>(core, in, call, Wanted::head);
}

Result<ObjectResponse> get_object_attributes(Core& core, const GetObjectAttributesInput& in,
                                             const Call& call) {
  RC_TRY(BucketRef ref, open_readable(in, call));
  RC_TRY(auto reader, core.readers.borrow());
  RC_TRY(auto row, reader->find(in.bucket, in.key));
  for (std::string_view action : {"s3:GetObject", "s3:GetObjectAttributes"}) {
    RC_CHECK(ask(call, object_question(action, ref, in.key, row ? &*row : nullptr, call)));
  }
  if (!row) return missing_key(ref, in.key, call);
  auto wants = [&in](std::string_view name) {
    return std::find(in.object_attributes.begin(), in.object_attributes.end(), name) !=
           in.object_attributes.end();
  };
  GetObjectAttributesOutput out;
  out.last_modified = row->modified;
  if (wants("ETag")) out.etag = row->etag;  // without quotes, here only
  if (wants("ObjectSize")) out.object_size = static_cast<std::int64_t>(row->size);
  if (wants("StorageClass")) {
    out.storage_class =
        present(store::attribute(row->attributes, fact::kStorageClass)).value_or("STANDARD");
  }
  const std::string_view algorithm = store::attribute(row->attributes, fact::kChecksumAlgorithm);
  if (wants("Checksum") && !algorithm.empty()) {
    put_checksum_of(out.checksum.emplace(), row->attributes);
  }
  auto parts = decode_parts(store::attribute(row->attributes, fact::kParts));
  if (wants("ObjectParts") && !parts.empty()) {
    auto& page = out.object_parts.emplace();
    page.total_parts_count = static_cast<std::int32_t>(parts.size());
    // Single parts are told only where each has a checksum of its own.
    if (!parts.front().checksum.empty()) {
      const std::int32_t max = std::clamp(in.max_parts.value_or(1000), 0, 1000);
      const std::int32_t after = in.part_number_marker.value_or(0);
      page.max_parts = max;
      page.part_number_marker = after;
      page.next_part_number_marker = after;
      page.is_truncated = false;
      auto& list = page.parts.emplace();
      for (const PartFact& part : parts) {
        if (part.number <= after) continue;
        if (list.size() == static_cast<std::size_t>(max)) {
          page.is_truncated = true;
          break;
        }
        ObjectPart& item = list.emplace_back();
        item.part_number = part.number;
        item.size = static_cast<decltype(item.size)::value_type>(part.size);
        put_checksum(item, algorithm, part.checksum);
        page.next_part_number_marker = part.number;
      }
    }
  }
  return answer(std::move(out));
}

Result<ObjectResponse> get_object_acl(Core& core, const GetObjectAclInput& in, const Call& call) {
  RC_TRY(BucketRef ref, open_readable(in, call));
  RC_TRY(auto reader, core.readers.borrow());
  RC_TRY(auto row, reader->find(in.bucket, in.key));
  RC_CHECK(ask(call, object_question("s3:GetObjectAcl", ref, in.key, row ? &*row : nullptr, call)));
  if (!row) return missing_key(ref, in.key, call);
  GetObjectAclOutput out;
  // Bucket owner enforced: the one list there can be.
  Owner owner;
  owner.id = canonical_id(call.state, ref.owner);
  Grant grant;
  grant.grantee.emplace();
  grant.grantee->type = "CanonicalUser";
  grant.grantee->id = owner.id;
  grant.permission = "FULL_CONTROL";
  out.grants.emplace().push_back(std::move(grant));
  out.owner = std::move(owner);
  return answer(std::move(out));
}

}  // namespace rolecall::s3
