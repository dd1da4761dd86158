// The two kinds of exchange: small bodies are gathered and run as a whole, object bodies stream.
#pragma once

#include <optional>
#include <string>

#include "crypto/hash.h"
#include "door/arrival.h"
#include "door/door.h"
#include "sigv4/chunked.h"

namespace rolecall::door {

// x-amz-content-sha256 of an S3 request; the query form is UNSIGNED-PAYLOAD unless it says
// otherwise.
// The bucket that only its own region speaks of; "" when the operation names none.
std::string bucket_asked(const wire::Route& route);
Result<sigv4::PayloadMode> s3_payload_mode(const Flight& flight, bool query_form);

// Gathers the body, then takes the request the whole way (run.cc).
class BufferedExchange final : public http::Exchange {
 public:
  BufferedExchange(Door& door, const http::RequestHead& head, Target target);
  std::optional<http::Response> on_body(std::string_view piece) override;
  void on_end(http::Reply reply) override;

 private:
  Door& door_;
  http::RequestHead head_;  // its views are good as long as this exchange
  Target target_;
  BodyBudget::Share share_;
  std::string body_;
};

// PutObject and UploadPart: judged on the head, bytes passed on as they come (upload.cc).
class UploadExchange final : public http::Exchange {
 public:
  struct Plan {
    FlightRef flight;
    std::unique_ptr<s3::Upload> upload;
    // One of these decides whether the bytes are what was signed.
    std::optional<sigv4::ChunkedDecoder> decoder;
    std::string expected_sha256;  // hex; empty: the body is not signed
  };
  UploadExchange(Door& door, Plan plan);
  std::optional<http::Response> on_body(std::string_view piece) override;
  void on_end(http::Reply reply) override;

 private:
  http::Response refuse(const Error& error);
  Door& door_;
  Plan plan_;
  crypto::Sha256 hash_;
};

}  // namespace rolecall::door
