#include "transfer/s3.h"

#include "base/encoding.h"
#include "client/failure.h"
#include "client/s3_address.h"

namespace rolecall::transfer {
namespace {

// botocore renews what has less than ten minutes left.
constexpr std::int64_t kRenewSeconds = 600;

bool is_on(client::Session& session, std::string_view setting) {
  return equal_ignoring_case(client::s3_setting(session, setting), "true");
}

}  // namespace

Result<std::unique_ptr<S3>> S3::open(client::Session& session, http::ConnectionPool& pool,
                                     S3Options options) {
  std::unique_ptr<S3> s3(new S3(session, pool));
  RC_CHECK(session.check_profile());
  for (const std::string_view setting : {"use_accelerate_endpoint", "use_dualstack_endpoint"}) {
    if (is_on(session, setting)) {
      return client::general_failure("the profile's s3 setting `" + std::string(setting) +
                                     "` is not supported");
    }
  }
  RC_TRY(s3->target_, client::s3_target(session));
  if (options.region) {
    s3->target_.region = *options.region;
    if (s3->target_.is_builtin) {
      s3->target_.url = client::builtin_endpoint("s3", s3->target_.region);
    }
  }
  s3->sign_body_ = is_on(session, "payload_signing_enabled");
  if (options.sign) {
    RC_TRY(s3->found_, client::find_credentials(session));
  }
  s3->options_ = std::move(options);
  return s3;
}

Result<std::optional<client::Credentials>> S3::credentials() {
  if (!options_.sign) return std::optional<client::Credentials>();
  const std::lock_guard lock(mutex_);
  const auto& expires = found_->credentials.expires;
  const Instant now = session_.clock().now();
  if (expires && *expires < now.plus_seconds(kRenewSeconds)) {
    auto renewed = found_->source->fetch(session_);
    // What is left of the old ones is used up first.
    if (!renewed && *expires < now) return std::move(renewed).error();
    if (renewed) found_->credentials = std::move(*renewed);
  }
  return std::optional(found_->credentials);
}

client::Target S3::target_for(const std::string& bucket) {
  client::Target out = target_;
  const std::lock_guard lock(mutex_);
  if (const auto known = regions_.find(bucket); known != regions_.end()) {
    out.region = known->second;
    if (out.is_builtin) out.url = client::builtin_endpoint("s3", out.region);
  }
  return out;
}

Result<client::Called> S3::call_operation(std::string_view name, const void* input,
                                          const std::string& bucket, const CallParts& parts) {
  static const wire::Service* const service = wire::service_named("s3");
  const wire::Operation* operation = service->find(name);
  RC_ASSERT(operation != nullptr && operation->input != nullptr);
  RC_TRY(const auto keys, credentials());
  client::CallOptions options;
  options.pool = &pool_;
  options.cancel_fd = parts.even_when_cancelled ? -1 : options_.cancel_fd;
  options.sign_body = sign_body_;
  options.body = parts.body;
  options.source = parts.source;
  options.on_start = parts.on_start;
  options.on_body = parts.on_body;
  options.on_region = [&](const std::string& region) {
    const std::lock_guard lock(mutex_);
    regions_[bucket] = region;
  };
  return client::call(session_, *operation, input, keys ? &*keys : nullptr, target_for(bucket),
                      options);
}

}  // namespace rolecall::transfer
