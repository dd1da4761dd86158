// PutObject and UploadPart: the two operations whose bytes stream in.
#include <fmt/format.h>

#include "base/encoding.h"
#include "services/s3/core.h"
#include "services/s3/errors.h"
#include "services/s3/facts.h"
#include "services/s3/intake.h"
#include "services/s3/writing.h"

namespace rolecall::s3 {

namespace {

using crypto::ChecksumAlgorithm;

// What S3 computes for whoever asks for nothing ("Checking object integrity").
constexpr ChecksumAlgorithm kDefaultChecksum = ChecksumAlgorithm::crc64nvme;

// What the caller says the body's checksums are.
struct Promise {
  std::optional<std::string> md5;             // base64 of 16 bytes
  std::optional<ChecksumAlgorithm> checksum;  // given, announced as a trailer, or named
  std::string value;                          // base64; empty: comes as a trailer
};

template <class In>
Result<Promise> read_promise(const In& in, const UploadHints& hints) {
  Promise out;
  if (in.content_md5) {
    auto raw = base64_decode(*in.content_md5);
    if (!raw || raw->size() != 16) return invalid_digest(*in.content_md5);
    out.md5 = in.content_md5;
  }
  RC_TRY(auto given, given_checksum(in));
  if (given) {
    auto raw = base64_decode(given->value);
    if (!raw || raw->size() != checksum_bytes(given->algorithm)) {
      return bad_checksum_value(given->algorithm);
    }
    out.checksum = given->algorithm;
    out.value = given->value;
  }
  std::string_view names = hints.trailer;
  while (!names.empty()) {
    auto comma = names.find(',');
    auto algorithm = crypto::checksum_algorithm_of_header(trim(names.substr(0, comma)));
    names = comma == std::string_view::npos ? std::string_view() : names.substr(comma + 1);
    if (!algorithm) continue;
    if (out.checksum) {
      return invalid_request(
          "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
    }
    out.checksum = algorithm;
  }
  if (in.checksum_algorithm) {
    auto named = crypto::checksum_algorithm(*in.checksum_algorithm);
    if (!named) {
      return invalid_request(
          "Checksum algorithm provided is unsupported. Please try again with any of the valid "
          "types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
    }
    if (!out.checksum) {
      return invalid_request(
          "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or "
          "x-amz-trailer headers were found.");
    }
    if (*named != *out.checksum) {
      return invalid_request("Value for x-amz-sdk-checksum-algorithm header is invalid.");
    }
  }
  return out;
}

std::vector<ChecksumAlgorithm> to_compute(const Promise& promise, ChecksumAlgorithm kept) {
  std::vector<ChecksumAlgorithm> out{kept};
  if (promise.checksum && *promise.checksum != kept) out.push_back(*promise.checksum);
  return out;
}

// What both have in common: the bytes' way in, and the checks at the end.
class StreamedUpload : public Upload {
 public:
  StreamedUpload(Core& core, std::shared_ptr<Pending> pending, const UploadHints& hints,
                 Promise promise, ChecksumAlgorithm kept, std::uint64_t bytes_max)
      : core_(core),
        pending_(std::move(pending)),
        promise_(std::move(promise)),
        kept_(kept),
        size_(hints.size),
        bytes_max_(bytes_max),
        intake_(core, to_compute(promise_, kept)) {}

  Status write(std::string_view piece) override {
    if (intake_.size() + piece.size() > bytes_max_) {
      return entity_too_large(intake_.size() + piece.size(), bytes_max_);
    }
    return intake_.write(piece);
  }

  void finish(std::span<const std::pair<std::string, std::string>> trailers, Done done) override {
    pending_->done = std::move(done);
    if (Status good = check(trailers); !good) {
      pending_->done(std::move(good).error());
      return;
    }
    if (!intake_.in_file()) {
      complete(core_, pending_);
      return;
    }
    // Syncing a file takes milliseconds, which the connection's thread has not. This object may be
    // gone by then: the pool's job owns what it needs.
    auto self = std::make_shared<Moved>(detach());
    on_pool(core_, pending_, [&core = core_, self](std::shared_ptr<Pending> pending) {
      self->finish(core, std::move(pending));
    });
  }

 protected:
  // Makes the write of what came in.
  using MakePlan = std::move_only_function<Plan(store::Bytes, const Intake&)>;
  virtual MakePlan plan_maker() = 0;

  struct Moved {
    Intake intake;
    MakePlan make;
    void finish(Core& core, std::shared_ptr<Pending> pending) {
      auto bytes = intake.keep();
      if (!bytes) {
        pending->done(std::move(bytes).error());
        return;
      }
      std::string file = bytes->file;
      pending->plan = make(std::move(*bytes), intake);
      if (!file.empty()) pending->plan.created.push_back(std::move(file));
      submit(core, std::move(pending));
    }
  };
  Moved detach() { return Moved{std::move(intake_), plan_maker()}; }
  void complete(Core& core, std::shared_ptr<Pending> pending) {
    detach().finish(core, std::move(pending));
  }

  Status check(std::span<const std::pair<std::string, std::string>> trailers) {
    if (size_ && *size_ != intake_.size()) {
      return ApiError::make(400, "IncompleteBody",
                            "You did not provide the number of bytes specified by the "
                            "Content-Length HTTP header");
    }
    intake_.close();
    if (promise_.md5 && *promise_.md5 != intake_.md5_base64()) {
      ApiError e = bad_digest("The Content-MD5 you specified did not match what we received.");
      e.details = {{"ExpectedDigest", *promise_.md5}, {"CalculatedDigest", intake_.md5_base64()}};
      return e;
    }
    for (const auto& [name, value] : trailers) {
      auto algorithm = crypto::checksum_algorithm_of_header(name);
      if (!algorithm) continue;
      if (algorithm != promise_.checksum || !promise_.value.empty()) {
        return invalid_request("The trailer " + name + " was not announced by x-amz-trailer.");
      }
      auto raw = base64_decode(value);
      if (!raw || raw->size() != checksum_bytes(*algorithm)) return bad_checksum_value(*algorithm);
      promise_.value = value;
    }
    if (promise_.checksum) {
      if (promise_.value.empty()) {
        return ApiError::make(400, "MalformedTrailerError",
                              "The request contained trailing data that was not well-formed or did "
                              "not conform to our published schema.");
      }
      if (promise_.value != intake_.checksum(*promise_.checksum)) {
        return checksum_mismatch(*promise_.checksum);
      }
    }
    return {};
  }

  Core& core_;
  std::shared_ptr<Pending> pending_;
  Promise promise_;
  ChecksumAlgorithm kept_;  // whose value is stored
  std::optional<std::uint64_t> size_;
  std::uint64_t bytes_max_;
  Intake intake_;
};

class PutUpload final : public StreamedUpload {
 public:
  PutUpload(Core& core, std::shared_ptr<Pending> pending, const UploadHints& hints, Promise promise,
            BucketRef ref, store::Attributes attributes)
      : StreamedUpload(core, std::move(pending), hints, promise,
                       promise.checksum.value_or(kDefaultChecksum), kPutBytesMax),
        ref_(ref),
        attributes_(std::move(attributes)) {}

 private:
  MakePlan plan_maker() override {
    const auto& in = *static_cast<const PutObjectInput*>(pending_->input.get());
    const Instant modified = pending_->data.call.now.truncated_to_seconds();
    return [&in, ref = ref_, modified, kept = kept_, attributes = std::move(attributes_)](
               store::Bytes bytes, const Intake& intake) mutable {
      store::ObjectRow row;
      row.key = in.key;
      row.size = intake.size();
      row.etag = intake.md5_hex();
      row.modified = modified;
      row.attributes = std::move(attributes);
      set_checksum_facts(row.attributes, kept, kFullObject, intake.checksum(kept));
      Plan plan;
      plan.step = [&in, ref, row = std::move(row), bytes = std::move(bytes)](
                      store::WriteTxn& txn, Freed& freed) -> Result<ObjectResponse> {
        RC_CHECK(put_row(txn, ref, row, bytes, {in.if_match, in.if_none_match}, freed));
        PutObjectOutput out;
        out.etag = quoted(row.etag);
        put_checksum_of(out, row.attributes);
        out.server_side_encryption = present(store::attribute(row.attributes, fact::kEncryption));
        return answer(std::move(out));
      };
      return plan;
    };
  }

  BucketRef ref_;
  store::Attributes attributes_;
};

class PartUpload final : public StreamedUpload {
 public:
  PartUpload(Core& core, std::shared_ptr<Pending> pending, const UploadHints& hints,
             Promise promise, ChecksumAlgorithm kept, BucketRef ref)
      : StreamedUpload(core, std::move(pending), hints, std::move(promise), kept, kPartBytesMax),
        ref_(ref) {}

 private:
  MakePlan plan_maker() override {
    const auto& in = *static_cast<const UploadPartInput*>(pending_->input.get());
    const Instant modified = pending_->data.call.now.truncated_to_seconds();
    return [&in, ref = ref_, modified, kept = kept_, asked = promise_.checksum](
               store::Bytes bytes, const Intake& intake) {
      store::PartRow part;
      part.number = in.part_number;
      part.size = intake.size();
      part.etag = intake.md5_hex();
      part.modified = modified;
      set_checksum_facts(part.attributes, kept, kFullObject, intake.checksum(kept));
      UploadPartOutput out;
      out.etag = quoted(part.etag);
      const ChecksumAlgorithm told = asked.value_or(kept);
      put_checksum(out, crypto::checksum_name(told), intake.checksum(told));
      Plan plan;
      plan.step = [&in, ref, part = std::move(part), bytes = std::move(bytes),
                   out = std::move(out)](store::WriteTxn& txn,
                                         Freed& freed) -> Result<ObjectResponse> {
        RC_CHECK(bucket_unchanged(txn.state(), ref));
        RC_TRY(auto upload, txn.objects().find_upload(in.bucket, in.key, in.upload_id));
        if (!upload) return no_such_upload(in.upload_id);
        RC_CHECK(txn.objects().put_part(in.upload_id, part, bytes, freed));
        return answer(UploadPartOutput(out));
      };
      return plan;
    };
  }

  BucketRef ref_;
};

template <class In>
std::optional<ApiError> refuse_customer_keys(const In& in) {
  if (in.sse_customer_algorithm || in.sse_customer_key || in.sse_customer_key_md5) {
    return header_not_implemented("x-amz-server-side-encryption-customer-algorithm");
  }
  return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<Upload>> begin_put_object(Core& core, services::Erased input, CallData data,
                                                 const UploadHints& hints) {
  auto pending = std::make_shared<Pending>(std::move(input), std::move(data), Done());
  const auto& in = *static_cast<const PutObjectInput*>(pending->input.get());
  const Call& call = pending->data.call;
  if (auto wrong = check_key(in.key)) return *wrong;
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  const GivenHeaders given = given_headers(in);
  std::vector<Tag> tags;
  if (in.tagging) {
    RC_TRY(tags, parse_tagging_header(*in.tagging));
  }
  Keys keys;
  if (in.if_none_match) keys.push_back({"s3:if-none-match", {*in.if_none_match}});
  if (in.if_match) keys.push_back({"s3:if-match", {*in.if_match}});
  RC_CHECK(authorize_put(ref, in.key, given, tags, keys, call));
  if (in.if_match) {  // It tells what is there: "Conditional writes", permissions.
    RC_CHECK(ask(call, object_question("s3:GetObject", ref, in.key, nullptr, call)));
  }
  RC_TRY(store::Attributes attributes, attributes_from(given));
  RC_TRY(Promise promise, read_promise(in, hints));
  if (hints.size && *hints.size > kPutBytesMax) return entity_too_large(*hints.size, kPutBytesMax);
  const WriteConditions conditions{in.if_match, in.if_none_match};
  if (conditions.any()) {
    RC_TRY(auto reader, core.readers.borrow());
    RC_TRY(auto row, reader->find(in.bucket, in.key));
    RC_CHECK(check_write_conditions(conditions, in.key, row));
  }
  return std::make_unique<PutUpload>(core, std::move(pending), hints, std::move(promise), ref,
                                     std::move(attributes));
}

Result<std::unique_ptr<Upload>> begin_upload_part(Core& core, services::Erased input, CallData data,
                                                  const UploadHints& hints) {
  auto pending = std::make_shared<Pending>(std::move(input), std::move(data), Done());
  const auto& in = *static_cast<const UploadPartInput*>(pending->input.get());
  const Call& call = pending->data.call;
  if (auto wrong = refuse_customer_keys(in)) return *wrong;
  RC_TRY(BucketRef ref, open_bucket(call.state, in.bucket, in.expected_bucket_owner));
  if (in.part_number < 1 || in.part_number > kPartNumberMax) {
    return invalid_argument("Part number must be an integer between 1 and 10000, inclusive",
                            "partNumber", std::to_string(in.part_number));
  }
  RC_TRY(auto reader, core.readers.borrow());
  RC_TRY(auto upload, reader->find_upload(in.bucket, in.key, in.upload_id));
  if (!upload) return no_such_upload(in.upload_id);
  RC_TRY(Promise promise, read_promise(in, hints));
  auto kept =
      crypto::checksum_algorithm(store::attribute(upload->attributes, fact::kChecksumAlgorithm))
          .value_or(kDefaultChecksum);
  const bool chosen = !store::attribute(upload->attributes, fact::kChecksumChosen).empty();
  if (chosen && promise.checksum && *promise.checksum != kept) {
    return invalid_request(
        fmt::format("Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum "
                    "Type: {}",
                    lower_name(kept), lower_name(*promise.checksum)));
  }
  if (hints.size && *hints.size > kPartBytesMax) {
    return entity_too_large(*hints.size, kPartBytesMax);
  }
  return std::make_unique<PartUpload>(core, std::move(pending), hints, std::move(promise), kept,
                                      ref);
}

}  // namespace rolecall::s3
