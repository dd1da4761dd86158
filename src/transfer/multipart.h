// A multipart upload: its parts go through the workers, the last one to end completes it or, when
// anything failed, aborts it.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "transfer/engine.h"

namespace rolecall::transfer {

class Multipart : public std::enable_shared_from_this<Multipart> {
 public:
  // Answers the part's ETag.
  using SendPart = std::move_only_function<Result<std::string>(const Multipart&)>;
  using Done = std::function<void(const Status&)>;

  static Result<std::shared_ptr<Multipart>> begin(Engine& engine,
                                                  const s3::CreateMultipartUploadInput& create);

  const std::string& bucket() const { return bucket_; }
  const std::string& key() const { return key_; }
  const std::string& upload_id() const { return upload_id_; }

  // Numbers from 1. Once a part has failed the others are not sent any more.
  void add(std::int32_t number, SendPart send);
  // No part follows (`status`: why, if not for all being there). `done` runs on the thread that
  // ends last.
  void close(const Status& status, Done done);
  bool failed() const;

 private:
  Multipart(Engine& engine, const s3::CreateMultipartUploadInput& create)
      : engine_(engine), bucket_(create.bucket), key_(create.key) {}
  void fail(Error error);
  void leave();
  Status complete();
  void abort();

  Engine& engine_;
  std::string bucket_, key_, upload_id_;
  mutable std::mutex mutex_;
  std::vector<std::string> etags_;
  std::size_t open_ = 1;  // parts under way, and one for the caller until close()
  std::optional<Error> error_;
  Done done_;
};

// The options that say how an object is stored, on PutObject, CopyObject and
// CreateMultipartUpload.
template <class Input>
void apply_object_options(const TransferOptions& options, Input& input);
// The customer's key for encryption, on every input that has one.
template <class Input>
void apply_customer_key(const std::optional<CustomerKey>& key, Input& input) {
  if (!key) return;
  input.sse_customer_algorithm = key->algorithm;
  input.sse_customer_key = customer_key_text(*key);
  input.sse_customer_key_md5 = customer_key_md5(*key);
}

}  // namespace rolecall::transfer
