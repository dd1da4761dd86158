#include "client/call.h"

#include <chrono>
#include <thread>

#include "base/encoding.h"
#include "client/failure.h"
#include "client/s3_address.h"
#include "client/transport.h"
#include "crypto/hash.h"
#include "http/client.h"
#include "http/url.h"
#include "sigv4/sign.h"

namespace rolecall::client {
namespace {

constexpr int kPauseMillis = 200;  // doubled for each further attempt
constexpr std::string_view kUserAgent = "rolecall";

bool is_worth_another_try(int status, std::string_view code) {
  if (status == 500 || status == 502 || status == 503 || status == 504 || status == 429) {
    return true;
  }
  return code == "Throttling" || code == "ThrottlingException" || code == "RequestLimitExceeded" ||
         code == "TooManyRequestsException" || code == "SlowDown" || code == "RequestTimeout";
}

void sign_into(http::ClientRequest& request, const wire::Request& made, const http::Url& url,
               const Credentials& credentials, const Target& target, const wire::Service& service,
               Instant now) {
  std::vector<sigv4::HeaderView> headers;
  for (const auto& [name, value] : request.headers) headers.push_back({name, value});
  const std::string hash = crypto::sha256_hex(request.body);
  const std::size_t mark = url.target.find('?');
  sigv4::SigningInput input;
  input.method = made.method;
  input.path = std::string_view(url.target).substr(0, mark);
  input.query = mark == std::string::npos ? "" : std::string_view(url.target).substr(mark + 1);
  input.headers = headers;
  input.payload_hash = hash;
  input.path_style = sigv4::path_style_of(service.signing_name);
  sigv4::Credentials key{credentials.access_key_id, credentials.secret_key,
                         credentials.token ? std::string(credentials.token->reveal()) : ""};
  auto made_headers = sigv4::sign(
      input, key, {target.region, service.signing_name}, now,
      service.s3_errors ? sigv4::ContentHashHeader::add : sigv4::ContentHashHeader::omit);
  for (auto& header : made_headers.headers) request.headers.push_back(std::move(header));
}

}  // namespace

Result<Called> call(Session& session, const wire::Operation& operation, const void* input,
                    const Credentials* credentials, const Target& target,
                    std::string_view streamed_body) {
  const wire::Service& service = *operation.service;
  const wire::Protocol protocol = service.protocol();
  RC_TRY(wire::Request made, wire::write_input(operation, protocol, input));
  if (operation.streaming_input) made.body = streamed_body;
  std::string address = target.url + made.path;
  if (service.s3_errors) {
    const S3Address there = s3_address(target, made.path);
    address = there.url + there.path;
  }
  if (!made.query.empty()) address += "?" + made.query;
  const auto url = http::Url::parse(address);
  if (!url) return general_failure("Invalid endpoint: " + target.url);

  for (int attempt = 1;; ++attempt) {
    http::ClientRequest request{made.method, address, {}, made.body};
    request.headers.emplace_back("Host", url->authority());
    for (const auto& header : made.headers) request.headers.push_back(header);
    request.headers.emplace_back("User-Agent", kUserAgent);
    if (credentials != nullptr) {
      sign_into(request, made, *url, *credentials, target, service, session.clock().now());
    }
    auto answer = fetch(session, request);
    const bool last = attempt >= kAttemptsMax;
    if (!answer) {
      if (last) {
        return with_note(
            general_failure("Could not connect to the endpoint URL: \"" + target.url + "/\""),
            answer.error().text());
      }
    } else {
      std::vector<wire::HeaderView> headers;
      for (const auto& [name, value] : answer->headers) headers.push_back({name, value});
      const wire::ReplyView reply{answer->status, headers, answer->body};
      if (answer->status >= 200 && answer->status < 300) {
        RC_TRY(wire::Value output, wire::read_output(operation, protocol, reply));
        return Called{std::move(output), answer->status, std::move(answer->body)};
      }
      const ApiError error = wire::read_error(service, protocol, reply);
      const bool again = is_worth_another_try(answer->status, error.code);
      if (!again || last) {
        Error failure = service_failure(error, operation.name, again ? attempt - 1 : 0);
        if (const auto id = answer->find("x-rolecall-decision-id")) {
          failure = with_note(std::move(failure), "why: rolecall explain " + std::string(*id));
        }
        return failure;
      }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(kPauseMillis << (attempt - 1)));
  }
}

}  // namespace rolecall::client
