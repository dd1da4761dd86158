#include "transfer/multipart.h"

#include "client/failure.h"

namespace rolecall::transfer {

Result<std::shared_ptr<Multipart>> Multipart::begin(Engine& engine,
                                                    const s3::CreateMultipartUploadInput& create) {
  std::shared_ptr<Multipart> out(new Multipart(engine, create));
  RC_TRY(auto created, engine.target.call(create));
  out->upload_id_ = created.upload_id.value_or("");
  return out;
}

void Multipart::add(std::int32_t number, SendPart send) {
  {
    const std::lock_guard lock(mutex_);
    ++open_;
    etags_.resize(std::max(etags_.size(), static_cast<std::size_t>(number)));
  }
  engine_.workers.submit_part(
      [self = shared_from_this(), number, send = std::move(send)]() mutable {
        if (self->engine_.cancel.requested()) {
          self->fail(client::general_failure("cancelled"));
        } else if (!self->failed()) {
          auto etag = send(*self);
          if (etag) {
            const std::lock_guard lock(self->mutex_);
            self->etags_[static_cast<std::size_t>(number) - 1] = std::move(*etag);
          } else {
            self->fail(std::move(etag).error());
          }
        }
        self->leave();
      });
}

void Multipart::close(const Status& status, Done done) {
  if (!status) fail(status.error());
  {
    const std::lock_guard lock(mutex_);
    done_ = std::move(done);
  }
  leave();
}

bool Multipart::failed() const {
  const std::lock_guard lock(mutex_);
  return error_.has_value();
}

void Multipart::fail(Error error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
}

void Multipart::leave() {
  {
    const std::lock_guard lock(mutex_);
    if (--open_ > 0) return;
  }
  // Nobody else is left: no lock needed any more.
  Status status = error_ ? Status(*error_) : complete();
  if (!status) abort();
  done_(status);
}

Status Multipart::complete() {
  s3::CompleteMultipartUploadInput in;
  in.bucket = bucket_;
  in.key = key_;
  in.upload_id = upload_id_;
  in.request_payer = engine_.options.request_payer;
  s3::CompletedMultipartUpload parts;
  parts.parts.emplace();
  for (std::size_t i = 0; i < etags_.size(); ++i) {
    s3::CompletedPart part;
    part.etag = etags_[i];
    part.part_number = static_cast<std::int32_t>(i) + 1;
    parts.parts->push_back(std::move(part));
  }
  in.multipart_upload = std::move(parts);
  auto done = engine_.target.call(in);
  if (!done) return std::move(done).error();
  return {};
}

void Multipart::abort() {
  s3::AbortMultipartUploadInput in;
  in.bucket = bucket_;
  in.key = key_;
  in.upload_id = upload_id_;
  in.request_payer = engine_.options.request_payer;
  // What failed first is told; that the rest stays behind as well would hide it.
  (void)engine_.target.call(in, {.even_when_cancelled = true});
}

template <class Input>
void apply_object_options(const TransferOptions& options, Input& input) {
  input.acl = options.acl;
  input.storage_class = options.storage_class;
  input.website_redirect_location = options.website_redirect;
  input.content_type = options.content_type;
  input.cache_control = options.cache_control;
  input.content_disposition = options.content_disposition;
  input.content_encoding = options.content_encoding;
  input.content_language = options.content_language;
  input.expires = options.expires;
  input.metadata = options.metadata;
  input.server_side_encryption = options.sse;
  input.ssekms_key_id = options.sse_kms_key;
  input.request_payer = options.request_payer;
  const auto grant = [&options](const std::string& permission) {
    const auto found = options.grants.find(permission);
    return found == options.grants.end() ? std::optional<std::string>() : found->second;
  };
  input.grant_read = grant("read");
  input.grant_read_acp = grant("readacl");
  input.grant_write_acp = grant("writeacl");
  input.grant_full_control = grant("full");
  apply_customer_key(options.customer_key, input);
}

template void apply_object_options(const TransferOptions&, s3::PutObjectInput&);
template void apply_object_options(const TransferOptions&, s3::CopyObjectInput&);
template void apply_object_options(const TransferOptions&, s3::CreateMultipartUploadInput&);

}  // namespace rolecall::transfer
