#include "client/call.h"

#include <poll.h>

#include "base/encoding.h"
#include "client/failure.h"
#include "client/s3_address.h"
#include "crypto/checksum.h"
#include "crypto/hash.h"
#include "http/url.h"
#include "sigv4/sign.h"

namespace rolecall::client {
namespace {

constexpr int kPauseMillis = 200;  // doubled for each further attempt
constexpr std::string_view kUserAgent = "rolecall";
constexpr std::size_t kRegionBytesMax = 32;  // twice the longest of AWS's
constexpr std::size_t kReadBytes = 256 * 1024;

bool is_worth_another_try(int status, std::string_view code) {
  if (status == 500 || status == 502 || status == 503 || status == 504 || status == 429) {
    return true;
  }
  return code == "Throttling" || code == "ThrottlingException" || code == "RequestLimitExceeded" ||
         code == "TooManyRequestsException" || code == "SlowDown" || code == "RequestTimeout";
}

bool is_success(int status) { return status >= 200 && status < 300; }

const std::string* find_header(const wire::Request& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (equal_ignoring_case(key, name)) return &value;
  }
  return nullptr;
}

// The text of a string member of the input, "" when it is absent.
std::string_view text_of(const wire::Operation& operation, const void* input,
                         std::string_view name) {
  for (const wire::Member& member : operation.input->members) {
    if (member.name != name || member.shape->kind != wire::Kind::string) continue;
    const void* field = member.get(input);
    if (field != nullptr) return *static_cast<const std::string*>(field);
  }
  return {};
}

// SAFETY: a region that an answer names becomes part of a host name that is sent signed requests.
bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= kRegionBytesMax &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == text.npos;
}

// Everything of the body, wherever it comes from, through `take`.
template <class Take>
Status each_piece(std::string_view body, http::BodySource* source, Take take) {
  if (source == nullptr) {
    take(body);
    return {};
  }
  RC_CHECK(source->rewind());
  std::string piece(kReadBytes, '\0');
  for (;;) {
    RC_TRY(const std::size_t got, source->read(piece.data(), piece.size()));
    if (got == 0) return {};
    take(std::string_view(piece).substr(0, got));
  }
}

template <class Digest>
std::string base64_of(const Digest& digest) {
  return base64_encode(
      std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

// One call: what does not change between its attempts.
class Caller {
 public:
  Caller(Session& session, const wire::Operation& operation, const Credentials* credentials,
         Target target, const CallOptions& options)
      : session_(session),
        operation_(operation),
        service_(*operation.service),
        protocol_(service_.protocol()),
        credentials_(credentials),
        target_(std::move(target)),
        options_(options) {}

  Result<Called> run(const void* input) {
    RC_TRY(made_, wire::write_input(operation_, protocol_, input));
    if (operation_.streaming_input) {
      source_ = options_.source;
      if (source_ == nullptr) made_.body = options_.body;
    }
    RC_CHECK(add_checksum(input));
    RC_CHECK(set_address());
    for (int attempt = 1;; ++attempt) {
      RC_TRY(http::ClientRequest request, signed_request());
      trace("send " + request.method + " " + address_);
      auto answer = fetch(session_, request, Proxy::of_environment, options_.timeouts,
                          [&](http::ClientOptions& http) { add_options(http); });
      const bool last = attempt >= options_.attempts_max;
      if (!answer) {
        trace("no answer: " + answer.error().text());
        if (last || stopped_) return no_answer(answer.error());
      } else {
        trace("answer " + std::to_string(answer->status) + ", " +
              std::to_string(answer->body.size()) + " bytes");
        if (is_success(answer->status) && !hides_an_error(*answer)) return success(*answer);
        if (follow_region(*answer)) {
          RC_CHECK(set_address());
          continue;
        }
        const ApiError error = wire::read_error(service_, protocol_, view_of(*answer));
        const bool again =
            is_worth_another_try(answer->status, error.code) || is_success(answer->status);
        if (!again || last) return refusal(*answer, error, again ? attempt - 1 : 0);
      }
      if (!pause(attempt)) return general_failure("the call was cancelled");
    }
  }

 private:
  void trace(const std::string& line) const {
    if (options_.trace) options_.trace(line);
  }

  // The time before another attempt; false when the call was cancelled meanwhile.
  bool pause(int attempt) const {
    pollfd cancelled{options_.cancel_fd, POLLIN, 0};
    return ::poll(&cancelled, 1, kPauseMillis << (attempt - 1)) <= 0;
  }

  // What S3 demands of some operations, and what the caller asked for by name.
  Status add_checksum(const void* input) {
    if (!operation_.checksum_member.empty()) {
      const auto algorithm =
          crypto::checksum_algorithm(text_of(operation_, input, operation_.checksum_member));
      if (algorithm && find_header(made_, crypto::checksum_header(*algorithm)) == nullptr) {
        crypto::Checksum sum(*algorithm);
        RC_CHECK(
            each_piece(made_.body, source_, [&](std::string_view bytes) { sum.update(bytes); }));
        made_.headers.emplace_back(crypto::checksum_header(*algorithm), sum.finish_base64());
        return {};
      }
    }
    if (!operation_.checksum_required || find_header(made_, "Content-MD5") != nullptr) return {};
    for (const auto& [name, value] : made_.headers) {
      if (crypto::checksum_algorithm_of_header(name)) return {};
    }
    made_.headers.emplace_back("Content-MD5", base64_of(crypto::md5(made_.body)));
    return {};
  }

  Status set_address() {
    address_ = target_.url + made_.path;
    if (service_.dialect == wire::Dialect::s3) {
      const S3Address there = s3_address(target_, made_.path);
      address_ = there.url + there.path;
    }
    if (!made_.query.empty()) address_ += "?" + made_.query;
    url_ = http::Url::parse(address_);
    if (!url_) return general_failure("Invalid endpoint: " + target_.url);
    return {};
  }

  Result<std::string> payload_hash() {
    if (source_ == nullptr) return crypto::sha256_hex(made_.body);
    // TLS protects the bytes; reading a large file twice protects nothing more.
    if (url_->tls && service_.dialect == wire::Dialect::s3 && !options_.sign_body) {
      return std::string(sigv4::kUnsignedPayload);
    }
    if (source_hash_.empty()) {
      crypto::Sha256 hash;
      RC_CHECK(each_piece({}, source_, [&](std::string_view bytes) { hash.update(bytes); }));
      const auto digest = hash.finish();
      source_hash_.resize(2 * digest.size());
      crypto::hex_into(digest, source_hash_.data());
    }
    return source_hash_;
  }

  Result<http::ClientRequest> signed_request() {
    http::ClientRequest request{made_.method, address_, {}, made_.body, source_};
    request.headers.emplace_back("Host", url_->authority());
    for (const auto& header : made_.headers) request.headers.push_back(header);
    request.headers.emplace_back("User-Agent", kUserAgent);
    if (credentials_ == nullptr) return request;
    std::vector<sigv4::HeaderView> headers;
    for (const auto& [name, value] : request.headers) headers.push_back({name, value});
    RC_TRY(const std::string hash, payload_hash());
    const std::size_t mark = url_->target.find('?');
    sigv4::SigningInput input;
    input.method = made_.method;
    input.path = std::string_view(url_->target).substr(0, mark);
    input.query = mark == std::string::npos ? "" : std::string_view(url_->target).substr(mark + 1);
    input.headers = headers;
    input.payload_hash = hash;
    input.path_style = sigv4::path_style_of(service_.signing_name);
    sigv4::Credentials key{credentials_->access_key_id, credentials_->secret_key,
                           credentials_->token ? std::string(credentials_->token->reveal()) : ""};
    auto extra =
        sigv4::sign(input, key, {target_.region, service_.signing_name}, session_.clock().now(),
                    service_.dialect == wire::Dialect::s3 ? sigv4::ContentHashHeader::add
                                                          : sigv4::ContentHashHeader::omit);
    for (auto& header : extra.headers) request.headers.push_back(std::move(header));
    return request;
  }

  void add_options(http::ClientOptions& http) {
    http.pool = options_.pool;
    http.cancel_fd = options_.cancel_fd;
    if (!operation_.streaming_output || !options_.on_body) return;
    http.on_head = [this](const http::ClientResponse& head) {
      if (!is_success(head.status)) return false;
      stopped_ = options_.on_start && !options_.on_start(head);
      return true;
    };
    http.on_body = [this](std::string_view piece) {
      stopped_ = stopped_ || !options_.on_body(piece);
      return !stopped_;
    };
  }

  wire::ReplyView view_of(const http::ClientResponse& answer) {
    headers_.clear();
    for (const auto& [name, value] : answer.headers) headers_.push_back({name, value});
    return {answer.status, headers_, answer.body};
  }

  // CopyObject, UploadPartCopy and CompleteMultipartUpload begin to answer before they know.
  bool hides_an_error(const http::ClientResponse& answer) const {
    if (service_.dialect != wire::Dialect::s3 || operation_.streaming_output ||
        answer.body.size() > 64 * 1024) {
      return false;
    }
    std::string_view body = answer.body;
    if (body.starts_with("<?")) body.remove_prefix(std::min(body.find("?>") + 2, body.size()));
    while (!body.empty() && static_cast<unsigned char>(body.front()) <= ' ') body.remove_prefix(1);
    return body.starts_with("<Error>");
  }

  // A bucket elsewhere: S3 names its region, once is enough.
  bool follow_region(const http::ClientResponse& answer) {
    if (service_.dialect != wire::Dialect::s3 || followed_) return false;
    const bool hint = answer.status == 301 || answer.status == 302 || answer.status == 307 ||
                      answer.status == 400;
    const auto region = answer.find("x-amz-bucket-region");
    if (!hint || !region || !is_region(*region) || *region == target_.region) return false;
    followed_ = true;
    trace("the bucket is in " + std::string(*region));
    target_.region = *region;
    if (options_.on_region) options_.on_region(target_.region);
    if (target_.is_builtin) {
      target_.url = builtin_endpoint(service_.endpoint_prefix, target_.region);
    }
    return true;
  }

  Result<Called> success(http::ClientResponse& answer) {
    RC_TRY(wire::Value output, wire::read_output(operation_, protocol_, view_of(answer)));
    return Called{std::move(output), answer.status, std::move(answer.body),
                  std::move(answer.headers)};
  }

  Error no_answer(const Error& why) const {
    if (stopped_) return why;
    return with_note(
        general_failure("Could not connect to the endpoint URL: \"" + target_.url + "/\""),
        why.text());
  }

  Error refusal(const http::ClientResponse& answer, const ApiError& error, int retries) const {
    Error failure = service_failure(error, operation_.name, retries);
    if (const auto id = answer.find("x-rolecall-decision-id")) {
      failure = with_note(std::move(failure), "why: rolecall explain " + std::string(*id));
    }
    return failure;
  }

  Session& session_;
  const wire::Operation& operation_;
  const wire::Service& service_;
  wire::Protocol protocol_;
  const Credentials* credentials_;
  Target target_;
  const CallOptions& options_;
  wire::Request made_;
  http::BodySource* source_ = nullptr;
  std::string source_hash_;
  std::string address_;
  std::optional<http::Url> url_;
  std::vector<wire::HeaderView> headers_;
  bool followed_ = false;
  bool stopped_ = false;  // our own side gave up: no further attempt
};

}  // namespace

Result<Called> call(Session& session, const wire::Operation& operation, const void* input,
                    const Credentials* credentials, const Target& target,
                    const CallOptions& options) {
  return Caller(session, operation, credentials, target, options).run(input);
}

}  // namespace rolecall::client
