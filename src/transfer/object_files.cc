// Objects below a prefix, page by page, or the one that was named.
#include "base/encoding.h"
#include "client/failure.h"
#include "crypto/hash.h"
#include "transfer/files.h"

namespace rolecall::transfer {
namespace {

class ObjectSource final : public FileSource {
 public:
  ObjectSource(Ends ends, S3& s3, ObjectSourceOptions options)
      : ends_(std::move(ends)),
        s3_(s3),
        options_(std::move(options)),
        where_(split_s3_path(ends_.source.path)) {}

  Result<std::optional<File>> next() override {
    if (!ends_.is_folder && !where_.key.empty()) return single();
    for (;;) {
      while (at_ < page_.objects.size()) {
        const s3::Object& object = page_.objects[at_++];
        if (is_wanted(object)) return std::optional(file_of(object));
      }
      if (begun_ && page_.next.empty()) return std::optional<File>();
      RC_CHECK(turn_page());
    }
  }

 private:
  Status turn_page() {
    s3::ListObjectsV2Input in;
    in.bucket = where_.bucket;
    in.prefix = where_.key;
    in.max_keys = options_.page_size;
    in.request_payer = options_.request_payer;
    if (begun_) in.continuation_token = page_.next;
    RC_TRY(page_, list_page(s3_, std::move(in)));
    begun_ = true;
    at_ = 0;
    return {};
  }

  bool is_wanted(const s3::Object& object) const {
    const std::string& key = *object.key;
    // Empty objects whose names end with a slash stand for folders in S3's console.
    if (object.size.value_or(0) == 0 && key.ends_with('/')) return options_.for_deletion;
    return ends_.is_folder || where_.bucket + "/" + key == ends_.source.path;
  }

  File named(std::string path) const {
    File out;
    out.on_s3 = true;
    out.path = std::move(path);
    Names names = name_at_target(ends_, out.path);
    out.target = std::move(names.target);
    out.key = std::move(names.key);
    return out;
  }

  File file_of(const s3::Object& object) const {
    File out = named(where_.bucket + "/" + *object.key);
    out.size = static_cast<std::uint64_t>(object.size.value_or(0));
    out.modified = object.last_modified;
    out.etag = object.etag.value_or("");
    out.storage_class = object.storage_class.value_or("");
    return out;
  }

  Result<std::optional<File>> single() {
    if (begun_) return std::optional<File>();
    begun_ = true;
    File out = named(ends_.source.path);
    if (options_.for_deletion) return std::optional(std::move(out));
    s3::HeadObjectInput in;
    in.bucket = where_.bucket;
    in.key = where_.key;
    in.request_payer = options_.request_payer;
    if (options_.key) {
      in.sse_customer_algorithm = options_.key->algorithm;
      in.sse_customer_key = customer_key_text(*options_.key);
      in.sse_customer_key_md5 = customer_key_md5(*options_.key);
    }
    auto head = s3_.call(in);
    if (!head) {
      constexpr std::string_view kNotThere =
          "An error occurred (404) when calling the HeadObject operation: ";
      if (!client::failure_text(head.error()).starts_with(kNotThere)) return head.error();
      return client::reworded(head.error(),
                              std::string(kNotThere) + "Key \"" + where_.key + "\" does not exist",
                              client::kExitService);
    }
    out.size = static_cast<std::uint64_t>(head->content_length.value_or(0));
    out.modified = head->last_modified;
    out.etag = head->etag.value_or("");
    out.storage_class = head->storage_class.value_or("");
    out.restore = head->restore.value_or("");
    out.head = std::make_shared<const s3::HeadObjectOutput>(std::move(*head));
    return std::optional(std::move(out));
  }

  Ends ends_;
  S3& s3_;
  ObjectSourceOptions options_;
  S3Path where_;
  ListPage page_;
  std::size_t at_ = 0;
  bool begun_ = false;
};

}  // namespace

std::unique_ptr<FileSource> make_object_source(const Ends& ends, S3& s3,
                                               ObjectSourceOptions options) {
  return std::make_unique<ObjectSource>(ends, s3, std::move(options));
}

Result<ListPage> list_page(S3& s3, s3::ListObjectsV2Input input) {
  // Keys may hold what XML cannot.
  input.encoding_type = "url";
  RC_TRY(auto answer, s3.call(input));
  ListPage out;
  const bool encoded = answer.encoding_type.value_or("") == "url";
  const auto decoded = [encoded](std::string text) {
    if (!encoded) return text;
    auto plain = percent_decode(text, Plus::space);
    return plain ? std::move(*plain) : text;
  };
  for (s3::Object& object : answer.contents.value_or(std::vector<s3::Object>())) {
    object.key = decoded(object.key.value_or(""));
    out.objects.push_back(std::move(object));
  }
  for (auto& prefix : answer.common_prefixes.value_or(std::vector<s3::CommonPrefix>())) {
    out.prefixes.push_back(decoded(prefix.prefix.value_or("")));
  }
  if (answer.is_truncated.value_or(false)) out.next = answer.next_continuation_token.value_or("");
  // SAFETY: a server that repeats itself would keep us here for ever.
  if (!out.next.empty() && input.continuation_token == out.next) {
    return client::general_failure("The same next token was received twice: " + out.next);
  }
  return out;
}

std::string customer_key_text(const CustomerKey& key) { return base64_encode(key.key.reveal()); }

std::string customer_key_md5(const CustomerKey& key) {
  return base64_encode(as_text(crypto::md5(key.key.reveal())));
}

}  // namespace rolecall::transfer
