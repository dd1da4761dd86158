// S3 as the commands here use it: typed calls over kept connections, safe from many threads;
// credentials are renewed while a long transfer runs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "client/call.h"
#include "client/chain.h"
#include "client/endpoint.h"
#include "client/session.h"
#include "models/s3.h"

namespace rolecall::transfer {

// What a call has besides its input.
struct CallParts {
  std::string_view body = {};
  http::BodySource* source = nullptr;
  std::function<bool(const http::ClientResponse& head)> on_start = {};
  std::function<bool(std::string_view piece)> on_body = {};
  // Cleaning up goes on when everything else has been cancelled.
  bool even_when_cancelled = false;
};

struct S3Options {
  std::optional<std::string> region = {};  // instead of the session's (--source-region)
  bool sign = true;                        // false: --no-sign-request
  int cancel_fd = -1;
};

class S3 {
 public:
  // Finds credentials, endpoint and the profile's `s3 =` settings. `session` and `pool` must
  // outlive it; nobody else may use the session meanwhile.
  static Result<std::unique_ptr<S3>> open(client::Session& session, http::ConnectionPool& pool,
                                          S3Options options);

  const client::Target& target() const { return target_; }
  client::Session& session() const { return session_; }
  // Whether a body is read once for its hash before it is sent.
  bool hashes_first() const { return sign_body_ || !target_.url.starts_with("https://"); }
  // nullopt when requests are not signed.
  Result<std::optional<client::Credentials>> credentials();

  template <class Input>
  Result<typename Input::Output> call(const Input& input, const CallParts& parts = {}) {
    std::string bucket;
    if constexpr (requires { input.bucket; }) bucket = input.bucket;
    RC_TRY(client::Called called, call_operation(Input::kOperation, &input, bucket, parts));
    return std::move(called.output.template as<typename Input::Output>());
  }

 private:
  S3(client::Session& session, http::ConnectionPool& pool) : session_(session), pool_(pool) {}
  Result<client::Called> call_operation(std::string_view name, const void* input,
                                        const std::string& bucket, const CallParts& parts);
  client::Target target_for(const std::string& bucket);

  client::Session& session_;
  http::ConnectionPool& pool_;
  S3Options options_;
  client::Target target_;
  bool sign_body_ = false;
  std::mutex mutex_;  // guards what follows and, through found_, the session's providers
  std::optional<client::Found> found_;
  std::map<std::string, std::string, std::less<>> regions_;  // of buckets that are elsewhere
};

}  // namespace rolecall::transfer
