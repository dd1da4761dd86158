// Bodies that stream: PutObject and UploadPart. Everything that the head can tell is decided before
// the first byte, so that a client that waits for 100-continue sends no body in vain.
#include "base/encoding.h"
#include "door/exchanges.h"
#include "services/s3/integrity.h"

namespace rolecall::door {

std::variant<std::unique_ptr<http::Exchange>, http::Response> Door::refuse_upload(
    Flight& flight, const Error& error) {
  const ApiError shown = flight.told(error);
  record(flight, &shown, nullptr);
  http::Response response = encode_error(flight, error);
  return response;
}

std::variant<std::unique_ptr<http::Exchange>, http::Response> Door::accept_upload(
    const http::RequestHead& head, const Target& target, const Arrival& arrival,
    wire::Route route) {
  counters_.requests.fetch_add(1, std::memory_order_relaxed);
  FlightRef flight = new_flight(head, arrival, target);
  flight->operation = route.operation;
  flight->protocol = route.protocol;
  flight->bucket = bucket_asked(route);

  UploadExchange::Plan plan;
  plan.flight = flight;
  sigv4::PayloadMode mode = sigv4::PayloadMode::unsigned_body;
  auto proof = identify(*flight, arrival, [&](bool query_form) -> Result<std::string> {
    RC_TRY(mode, s3_payload_mode(*flight, query_form));
    return flight->content_sha256.empty() ? std::string(sigv4::kUnsignedPayload)
                                          : flight->content_sha256;
  });
  if (!proof) return refuse_upload(*flight, proof.error());
  if (auto known = s3::check_integrity_names(arrival.headers); !known) {
    return refuse_upload(*flight, known.error());
  }
  if (!*proof && !flight->content_sha256.empty()) {
    // Anonymous callers may frame their body, too.
    if (auto claimed = sigv4::payload_mode(flight->content_sha256)) mode = *claimed;
  }
  s3::UploadHints hints;
  hints.size = head.content_length;
  if (sigv4::is_streaming(mode)) {
    auto decoder = chunked_decoder(arrival, *proof ? &**proof : nullptr, mode);
    if (!decoder) return refuse_upload(*flight, decoder.error());
    plan.decoder.emplace(std::move(*decoder));
    hints.size = std::stoull(std::string(*arrival.find("x-amz-decoded-content-length")));
    if (const auto trailer = arrival.find("x-amz-trailer")) hints.trailer = *trailer;
  } else {
    if (!head.content_length && !head.chunked) {
      return refuse_upload(*flight,
                           ApiError::make(411, "MissingContentLength",
                                          "You must provide the Content-Length HTTP header."));
    }
    if (mode == sigv4::PayloadMode::signed_body) plan.expected_sha256 = flight->content_sha256;
  }

  flight->binding = flight->entry->find(*flight->operation);
  if (flight->binding == nullptr || !flight->operation->served) {
    return refuse_upload(*flight, not_served(*flight->operation));
  }
  const wire::RequestView view{arrival.method, arrival.path, arrival.query, arrival.headers, {}};
  auto input = wire::read_input(route, view);
  if (!input) return refuse_upload(*flight, input.error());
  flight->input = std::move(*input);
  if (auto allowed = authorize(*flight); !allowed) return refuse_upload(*flight, allowed.error());

  auto bench = std::make_shared<FlightBench>(*this, flight);
  const std::string_view name = flight->operation->name;
  auto upload = parts_.objects.begin_upload(
      name, hand_on_input(*flight),
      s3::CallData{bench, bench->bench.call(), audit_in_commit(bench)}, hints);
  if (!upload) return refuse_upload(*flight, upload.error());
  plan.upload = std::move(*upload);
  return std::make_unique<UploadExchange>(*this, std::move(plan));
}

UploadExchange::UploadExchange(Door& door, Plan plan) : door_(door), plan_(std::move(plan)) {}

// Destroying the unfinished upload leaves no trace of it.
http::Response UploadExchange::refuse(const Error& error) {
  plan_.upload.reset();
  const ApiError shown = plan_.flight->told(error);
  door_.record(*plan_.flight, &shown, nullptr);
  return door_.encode_error(*plan_.flight, error);
}

std::optional<http::Response> UploadExchange::on_body(std::string_view piece) {
  if (!plan_.upload) return std::nullopt;
  if (!plan_.decoder) {
    if (!plan_.expected_sha256.empty()) hash_.update(piece);
    if (auto status = plan_.upload->write(piece); !status) return refuse(status.error());
    return std::nullopt;
  }
  while (!piece.empty()) {
    auto decoded = plan_.decoder->next(piece);
    if (!decoded) return refuse(sigv4::to_api_error(decoded.error()));
    if (decoded->empty()) continue;
    if (auto status = plan_.upload->write(*decoded); !status) return refuse(status.error());
  }
  return std::nullopt;
}

void UploadExchange::on_end(http::Reply reply) {
  if (!plan_.upload) return;
  std::span<const std::pair<std::string, std::string>> trailers;
  if (plan_.decoder) {
    if (auto end = plan_.decoder->finish(); !end)
      return reply(refuse(sigv4::to_api_error(end.error())));
    trailers = plan_.decoder->trailers();
  } else if (!plan_.expected_sha256.empty() &&
             hex_encode(hash_.finish()) != plan_.expected_sha256) {
    return reply(refuse(ApiError::make(
        400, "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.")));
  }
  FlightRef flight = plan_.flight;
  flight->reply = std::move(reply);
  plan_.upload->finish(trailers, [&door = door_, flight](Result<s3::ObjectResponse> result) {
    door.answer_objects(*flight, std::move(result));
  });
}

}  // namespace rolecall::door
