// From S3 to S3: CopyObject, or for large objects UploadPartCopy range by range, which keeps
// nothing of the source's properties by itself.
#include "base/encoding.h"
#include "client/failure.h"
#include "transfer/engine.h"
#include "transfer/multipart.h"
#include "transfer/parts.h"

namespace rolecall::transfer {
namespace {

// "Object tagging": longer tag sets do not fit into the header.
constexpr std::size_t kTaggingHeaderBytesMax = 2 * 1024;

std::string copy_source_of(const S3Path& source) {
  return percent_encode(source.bucket + "/" + source.key, Slash::keep);
}

Result<std::shared_ptr<const s3::HeadObjectOutput>> head_of(Engine& engine, const File& file,
                                                            const S3Path& source) {
  if (file.head) return file.head;
  s3::HeadObjectInput in;
  in.bucket = source.bucket;
  in.key = source.key;
  in.request_payer = engine.options.request_payer;
  apply_customer_key(engine.options.source_customer_key ? engine.options.source_customer_key
                                                        : engine.options.customer_key,
                     in);
  RC_TRY(auto head, engine.source.call(in));
  return std::make_shared<const s3::HeadObjectOutput>(std::move(head));
}

// What the command line does not say is taken from the source.
template <class Input>
void inherit(const s3::HeadObjectOutput& head, Input& in) {
  if (!in.cache_control) in.cache_control = head.cache_control;
  if (!in.content_disposition) in.content_disposition = head.content_disposition;
  if (!in.content_encoding) in.content_encoding = head.content_encoding;
  if (!in.content_language) in.content_language = head.content_language;
  if (!in.content_type) in.content_type = head.content_type;
  if (!in.expires) in.expires = head.expires;
  if (!in.metadata) in.metadata = head.metadata;
}

template <class Input>
void apply_source_key(const std::optional<CustomerKey>& key, Input& in) {
  if (!key) return;
  in.copy_source_sse_customer_algorithm = key->algorithm;
  in.copy_source_sse_customer_key = customer_key_text(*key);
  in.copy_source_sse_customer_key_md5 = customer_key_md5(*key);
}

bool names_properties(const TransferOptions& options) {
  return options.cache_control || options.content_disposition || options.content_encoding ||
         options.content_language || options.content_type || options.expires || options.metadata;
}

Status copy_whole(Engine& engine, const File& file, Transfer& transfer) {
  const TransferOptions& options = engine.options;
  const S3Path source = split_s3_path(file.path), target = split_s3_path(file.target);
  s3::CopyObjectInput in;
  in.bucket = target.bucket;
  in.key = target.key;
  in.copy_source = copy_source_of(source);
  apply_object_options(options, in);
  apply_source_key(options.source_customer_key, in);
  in.metadata_directive = options.metadata_directive;
  if (options.metadata && !in.metadata_directive) in.metadata_directive = "REPLACE";
  if (!options.metadata_directive) {
    if (options.copy_props != CopyProps::all) in.tagging_directive = "REPLACE";
    if (options.copy_props == CopyProps::none) {
      in.metadata_directive = "REPLACE";
    } else if (names_properties(options)) {
      // S3 takes all of them from the request or none.
      in.metadata_directive = "REPLACE";
      RC_TRY(const auto head, head_of(engine, file, source));
      inherit(*head, in);
    }
  }
  auto done = engine.target.call(in);
  if (!done) return std::move(done).error();
  engine.report.progress(transfer, static_cast<std::int64_t>(file.size.value_or(0)));
  return {};
}

// The source's tags: in `header` when they fit there, else in `later`.
Status fetch_tags(Engine& engine, const S3Path& source, std::optional<std::string>& header,
                  std::vector<s3::Tag>& later) {
  s3::GetObjectTaggingInput in;
  in.bucket = source.bucket;
  in.key = source.key;
  in.request_payer = engine.options.request_payer;
  RC_TRY(auto tags, engine.source.call(in));
  if (tags.tag_set.empty()) return {};
  std::string text;
  for (const s3::Tag& tag : tags.tag_set) {
    if (!text.empty()) text += '&';
    text += percent_encode(tag.key) + "=" + percent_encode(tag.value);
  }
  if (text.size() <= kTaggingHeaderBytesMax) {
    header = std::move(text);
  } else {
    later = std::move(tags.tag_set);
  }
  return {};
}

// Tags that did not fit: the copy without them would be another object, so it goes when they fail.
Status put_tags(Engine& engine, const S3Path& target, const std::vector<s3::Tag>& tags) {
  if (tags.empty()) return {};
  s3::PutObjectTaggingInput in;
  in.bucket = target.bucket;
  in.key = target.key;
  in.tagging.tag_set = tags;
  in.request_payer = engine.options.request_payer;
  auto done = engine.target.call(in);
  if (done) return {};
  s3::DeleteObjectInput remove;
  remove.bucket = target.bucket;
  remove.key = target.key;
  (void)engine.target.call(remove, {.even_when_cancelled = true});
  return std::move(done).error();
}

Result<std::string> copy_part(Engine& engine, const Multipart& multipart, const File& file,
                              std::int32_t number, std::uint64_t offset, std::uint64_t bytes) {
  s3::UploadPartCopyInput in;
  in.bucket = multipart.bucket();
  in.key = multipart.key();
  in.upload_id = multipart.upload_id();
  in.part_number = number;
  in.copy_source = copy_source_of(split_s3_path(file.path));
  in.copy_source_range =
      "bytes=" + std::to_string(offset) + "-" + std::to_string(offset + bytes - 1);
  if (!file.etag.empty()) in.copy_source_if_match = file.etag;
  in.request_payer = engine.options.request_payer;
  apply_customer_key(engine.options.customer_key, in);
  apply_source_key(engine.options.source_customer_key, in);
  RC_TRY(auto copied, engine.target.call(in));
  return copied.copy_part_result ? copied.copy_part_result->etag.value_or("") : std::string();
}

struct PartCopy {
  File file;
  TransferPtr transfer;
  S3Path target;
  std::vector<s3::Tag> tags = {};
};

Result<std::shared_ptr<Multipart>> begin_parts(Engine& engine, PartCopy& plan) {
  const TransferOptions& options = engine.options;
  const S3Path source = split_s3_path(plan.file.path);
  s3::CreateMultipartUploadInput create;
  create.bucket = plan.target.bucket;
  create.key = plan.target.key;
  apply_object_options(options, create);
  if (!options.metadata_directive && options.copy_props != CopyProps::none) {
    RC_TRY(const auto head, head_of(engine, plan.file, source));
    inherit(*head, create);
    if (options.copy_props == CopyProps::all) {
      RC_CHECK(fetch_tags(engine, source, create.tagging, plan.tags));
    }
  }
  return Multipart::begin(engine, create);
}

void copy_parts(Engine& engine, const File& file, const TransferPtr& transfer) {
  auto plan = std::make_shared<PartCopy>(PartCopy{file, transfer, split_s3_path(file.target)});
  auto multipart = begin_parts(engine, *plan);
  if (!multipart) return end_transfer(engine, *transfer, multipart.error());
  const std::uint64_t size = file.size.value_or(0), part = part_size(engine.sizing.part, size);
  for (std::uint64_t i = 0, count = part_count(size, part); i < count; ++i) {
    const auto number = static_cast<std::int32_t>(i) + 1;
    const std::uint64_t bytes = std::min(part, size - i * part);
    (*multipart)
        ->add(number,
              [&engine, plan, number, offset = i * part,
               bytes](const Multipart& to) -> Result<std::string> {
                RC_TRY(auto etag, copy_part(engine, to, plan->file, number, offset, bytes));
                engine.report.progress(*plan->transfer, static_cast<std::int64_t>(bytes));
                return etag;
              });
  }
  (*multipart)->close({}, [&engine, plan](Status status) {
    if (status) status = put_tags(engine, plan->target, plan->tags);
    if (status && engine.is_move) status = remove_source(engine, Direction::copy, plan->file);
    end_transfer(engine, *plan->transfer, status);
  });
}

}  // namespace

void copy(Engine& engine, const File& file, const TransferPtr& transfer) {
  if (file.size.value_or(0) >= engine.sizing.threshold) return copy_parts(engine, file, transfer);
  Status status = copy_whole(engine, file, *transfer);
  if (status && engine.is_move) status = remove_source(engine, Direction::copy, file);
  end_transfer(engine, *transfer, status);
}

}  // namespace rolecall::transfer
