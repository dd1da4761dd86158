// One request, the whole way: who is it, what is asked, may they, do it.
#include "crypto/hash.h"
#include "door/exchanges.h"
#include "door/trail_style.h"
#include "guard/facts.h"
#include "identity/session_rules.h"
#include "services/s3/integrity.h"
#include "services/s3/region.h"

namespace rolecall::door {
namespace {

std::optional<std::string_view> bucket_of(const Target& target) {
  if (target.bucket.empty()) return std::nullopt;
  return target.bucket;
}

// Each thread keeps its own derived signing keys.
sigv4::SigningKeyCache& signing_keys() {
  static thread_local sigv4::SigningKeyCache cache;
  return cache;
}

}  // namespace

// The bucket that only its own region's endpoint speaks of.
std::string bucket_asked(const wire::Route& route) {
  if (s3::is_answered_anywhere(route.operation->name)) return {};
  for (const auto& [name, value] : route.labels) {
    if (name == "Bucket") return value;
  }
  return {};
}

Result<sigv4::PayloadMode> s3_payload_mode(const Flight& flight, bool query_form) {
  if (flight.content_sha256.empty()) {
    if (query_form || flight.auth_type.empty()) return sigv4::PayloadMode::unsigned_body;
    return ApiError::make(400, "InvalidRequest",
                          "Missing required header for this request: x-amz-content-sha256");
  }
  if (const auto mode = sigv4::payload_mode(flight.content_sha256)) return *mode;
  auto error =
      ApiError::make(400, "InvalidArgument",
                     "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
                     "STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
                     "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.");
  error.details.emplace_back("ArgumentName", "x-amz-content-sha256");
  error.details.emplace_back("ArgumentValue", flight.content_sha256);
  return error;
}

guard::RequestFacts Flight::facts(Instant now) const {
  guard::RequestFacts out;
  out.now = now;
  out.region = region;
  out.source_ip = source_ip;
  out.user_agent = user_agent;
  out.referer = referer;
  out.has_referer = has_referer;
  out.tls = tls;
  out.request_id = request_id;
  out.auth_type = auth_type;
  out.content_sha256 = content_sha256;
  return out;
}

wire::Dialect Flight::dialect() const {
  return service == nullptr ? wire::Dialect::query : service->dialect_in(protocol);
}

ApiError Flight::told(const Error& error) const {
  return error.is_api() ? error.api() : wire::internal_failure(dialect());
}

Bench::Bench(const Door& door, const Flight& flight, const identity::State& state)
    : now_(door.parts_.clock.now()),
      facts_(flight.facts(now_)),
      tools_{door.parts_.decisions, door.parts_.messages, door.parts_.random},
      judge_(flight.caller, state, facts_, flight.dialect(), flight.service->name, tools_),
      call_{.caller = flight.caller,
            .state = state,
            .now = now_,
            .random = door.parts_.random,
            .ask = judge_,
            .account = flight.caller.account,
            .region = flight.region,
            .partition = flight.partition,
            .request_id = flight.request_id,
            .host = flight.host,
            .source_ip = flight.source_ip,
            .tls = flight.tls,
            .sessions = &door.parts_.sessions,
            .messages = &door.parts_.messages,
            .last_used = &door.parts_.last_used,
            .code_attempts = &door.code_attempts_} {}

FlightRef Door::new_flight(const http::RequestHead& head, const Arrival& arrival,
                           const Target& target) {
  auto flight = std::make_shared<Flight>();
  flight->request_id = head.request_id;
  flight->source_ip = head.peer_address;
  flight->host = head.authority;
  flight->tls = head.tls;
  flight->head_request = head.method == "HEAD";
  flight->received = head.received;
  if (const auto agent = arrival.find("user-agent")) flight->user_agent = *agent;
  if (const auto referer = arrival.find("referer")) {
    flight->referer = *referer;
    flight->has_referer = true;
  }
  if (const auto hash = arrival.find("x-amz-content-sha256")) flight->content_sha256 = *hash;
  if (!target.region.empty()) flight->region = flight->host_region = target.region;
  flight->entry = entry(target.service);
  flight->service = wire::service_named(target.service);
  if (flight->service == nullptr) {
    flight->service = wire::service_named("sts");  // its words for a service that nobody here knows
    flight->unknown_service = target.service;
  }
  flight->protocol = wire::protocol_of(
      *flight->service, {arrival.method, arrival.path, arrival.query, arrival.headers, {}});
  return flight;
}

// A bucket of another region is not served here, whoever asks.
Result<std::string_view> Door::expected_region(const Flight& flight) const {
  if (flight.bucket.empty()) return flight.host_region;
  const std::string* region = s3::region_of_bucket(*flight.snapshot, flight.bucket);
  if (region == nullptr) return flight.host_region;
  if (!flight.host_region.empty() && flight.host_region != *region) {
    return s3::permanent_redirect(flight.bucket, *region);
  }
  return *region;
}

// Who is it? Reads the claim, verifies it over `payload_hash`. Anonymous callers pass here where
// the operation has them.
Result<std::optional<guard::Authenticated>> Door::identify(Flight& flight, const Arrival& arrival,
                                                           const PayloadHash& payload) {
  sigv4::SigningInput input;
  input.method = arrival.method;
  input.path = arrival.path;
  input.query = arrival.query;
  input.headers = arrival.signed_view;
  input.path_style = sigv4::path_style_of(flight.service->signing_name);
  flight.snapshot = parts_.writer.snapshot();
  RC_TRY(const std::string_view region, expected_region(flight));
  auto claim = guard::read_claim(input, flight.dialect(), flight.operation);
  if (!claim) {
    counters_.unauthenticated.fetch_add(1, std::memory_order_relaxed);
    flight.auth_type = "REST-HEADER";  // it claimed something, if only wrongly
    return claim.error();
  }
  flight.caller = guard::anonymous_caller();
  if (!*claim) return std::optional<guard::Authenticated>();
  const sigv4::Presented& presented = (*claim)->presented;
  flight.auth_type = presented.form == sigv4::Form::query ? "REST-QUERY-STRING" : "REST-HEADER";
  if (!presented.region.empty()) flight.region = presented.region;
  flight.partition = partition_of_region(flight.region);
  flight.caller.access_key_id = presented.access_key_id;  // for the trail, even if it is wrong
  RC_TRY(const std::string hash, payload(presented.form == sigv4::Form::query));
  input.payload_hash = hash;
  // Nobody here knows how another service's scope must look: it is taken as it stands.
  const guard::Called called{
      flight.unknown_service.empty() ? flight.service->signing_name : presented.service, region};
  auto authenticated = authenticator_.authenticate(**claim, input, called, flight.snapshot,
                                                   parts_.clock.now(), signing_keys());
  if (!authenticated) {
    counters_.unauthenticated.fetch_add(1, std::memory_order_relaxed);
    return authenticated.error();
  }
  guard::Authenticated proof = std::move(*authenticated);
  flight.caller = proof.caller;
  // A session's use is its role's; a user's or root's key is noted itself.
  const Instant now = parts_.clock.now();
  if (flight.caller.role != nullptr) {
    parts_.last_used.note(flight.caller.role->id, now, flight.region, flight.service->name);
  } else if (flight.caller.session == nullptr) {
    parts_.last_used.note(flight.caller.access_key_id, now, flight.region, flight.service->name);
  }
  return std::optional<guard::Authenticated>(std::move(proof));
}

// Restrictions of the credential itself come before any policy (Rules 603 to 606).
Status Door::authorize(Flight& flight) {
  if (auto refused = identity::session_restriction(flight.caller, flight.service->name,
                                                   flight.operation->name)) {
    return std::move(*refused);
  }
  if (flight.caller.kind == identity::CallerKind::anonymous &&
      !guard::takes_unsigned(flight.dialect(), flight.operation)) {
    return guard::missing_signature(flight.dialect());
  }
  const Bench bench(*this, flight, *flight.snapshot);
  auto status = guard::authorize(*flight.operation, flight.input.data(), bench.call(),
                                 flight.entry->module());
  flight.refusal = bench.judge().refusal();
  return status;
}

void Door::run(const http::RequestHead& head, const Target& target, std::string_view body,
               http::Reply reply) {
  counters_.requests.fetch_add(1, std::memory_order_relaxed);
  const Arrival arrival(head);
  FlightRef flight = new_flight(head, arrival, target);
  flight->reply = std::move(reply);
  if (auto status = prepare(*flight, arrival, target, body); !status) {
    return fail(*flight, status.error());
  }
  dispatch(std::move(flight));
}

Status Door::prepare(Flight& flight, const Arrival& arrival, const Target& target,
                     std::string_view body) {
  wire::RequestView request{arrival.method, arrival.path, arrival.query, arrival.headers, body};
  const bool is_s3 = flight.service->name == "s3";
  std::string decoded;  // an aws-chunked body that is not an upload
  std::vector<std::pair<std::string, std::string>> trailers;

  // What is asked is found before who asks, so that the trail can name it; a failure to find it is
  // told after.
  auto route = wire::route_any(*flight.service, request, bucket_of(target));
  if (route) {
    flight.operation = route->operation;
    flight.protocol = route->protocol;
    if (is_s3) flight.bucket = bucket_asked(*route);
  }

  sigv4::PayloadMode mode = sigv4::PayloadMode::signed_body;
  RC_TRY(auto proof, identify(flight, arrival, [&](bool query_form) -> Result<std::string> {
           if (!is_s3) return crypto::sha256_hex(body);
           RC_TRY(mode, s3_payload_mode(flight, query_form));
           return flight.content_sha256.empty() ? std::string(sigv4::kUnsignedPayload)
                                                : flight.content_sha256;
         }));
  if (is_s3 && proof && mode == sigv4::PayloadMode::signed_body &&
      crypto::sha256_hex(body) != flight.content_sha256) {
    return ApiError::make(
        400, "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  if (is_s3 && proof && sigv4::is_streaming(mode)) {
    RC_TRY(auto decoder, chunked_decoder(arrival, &*proof, mode));
    if (auto pushed = decoder.push(body, decoded); !pushed)
      return sigv4::to_api_error(pushed.error());
    if (auto end = decoder.finish(); !end) return sigv4::to_api_error(end.error());
    request.body = decoded;
    trailers = decoder.trailers();
  }

  // A checksum that S3 does not have must not pass for none.
  if (is_s3) RC_CHECK(s3::check_integrity_names(arrival.headers));

  if (!flight.unknown_service.empty()) {
    return ApiError::not_implemented("Rolecall does not serve " + flight.unknown_service +
                                     " yet; docs/coverage.md lists what it does.");
  }
  if (!route) return route.error();
  if (!flight.operation->served) return not_served(*flight.operation);
  flight.binding = flight.entry != nullptr ? flight.entry->find(*flight.operation) : nullptr;
  if (flight.binding == nullptr) return not_served(*flight.operation);
  RC_TRY(flight.input, wire::read_input(*route, request));
  RC_CHECK(authorize(flight));
  // The wrong bytes are told to those only who may send the right ones.
  if (!is_s3) return {};
  return s3::check_body(*flight.operation, arrival.headers, trailers, request.body);
}

Result<sigv4::ChunkedDecoder> Door::chunked_decoder(const Arrival& arrival,
                                                    const guard::Authenticated* proof,
                                                    sigv4::PayloadMode mode) {
  sigv4::ChunkedOptions options;
  options.mode = mode;
  const auto length = arrival.find("x-amz-decoded-content-length");
  if (!length || length->empty() || length->size() > 15 ||
      length->find_first_not_of("0123456789") != length->npos) {
    return ApiError::make(411, "MissingContentLength",
                          "You must provide the Content-Length HTTP header.");
  }
  options.decoded_bytes = std::stoull(std::string(*length));
  if (const auto trailer = arrival.find("x-amz-trailer")) options.announced_trailers = *trailer;
  if (mode == sigv4::PayloadMode::streaming_unsigned_trailer) return sigv4::ChunkedDecoder(options);
  // Nothing vouches for the chunks of a caller who did not sign.
  if (proof == nullptr) return ApiError::access_denied("Access Denied");
  // The signed modes chain from the request's own signature and need its time and scope again.
  sigv4::SigningInput input;
  input.method = arrival.method;
  input.path = arrival.path;
  input.query = arrival.query;
  input.headers = arrival.signed_view;
  auto presented = sigv4::parse(input, sigv4::Flavor::s3);
  if (!presented) return sigv4::to_api_error(presented.error(), sigv4::Flavor::s3);
  return sigv4::ChunkedDecoder(options, *presented, *proof->verified, *proof->signing_key);
}

ApiError Door::not_served(const wire::Operation& operation) {
  return ApiError::not_implemented(
      "Rolecall does not serve " + std::string(operation.service->name) + ":" +
      std::string(operation.name) + " yet; docs/coverage.md lists what it does.");
}

services::Erased Door::hand_on_input(Flight& flight) {
  wire::append_json_if_any(flight.parameters, *flight.input.shape(), flight.input.data(),
                           kTrailStyle);
  services::Erased input = services::Erased::adopt(flight.input.take());
  flight.input = {};
  return input;
}

std::move_only_function<void(store::WriteTxn&, const Result<s3::ObjectResponse>&)>
Door::audit_in_commit(std::shared_ptr<FlightBench> bench) {
  return [this, bench](store::WriteTxn& txn, const Result<s3::ObjectResponse>& result) {
    Flight& flight = *bench->flight;
    flight.refusal = bench->bench.judge().refusal();
    // A refusal's record is written by fail(): this commit may come to nothing.
    if (!result) return;
    txn.audit(audit_record(flight, nullptr, result->output.get()));
    flight.recorded = true;
  };
}

// Do it. Reads answer here; writes are answered from the commit.
void Door::dispatch(FlightRef flight) {
  const services::Binding& binding = *flight->binding;
  if (binding.kind == services::BindingKind::custom) {
    auto bench = std::make_shared<FlightBench>(*this, flight);
    s3::CallData data{bench, bench->bench.call(), audit_in_commit(bench)};
    const std::string_view name = flight->operation->name;
    parts_.objects.run(name, hand_on_input(*flight), std::move(data),
                       [this, bench](Result<s3::ObjectResponse> result) {
                         bench->flight->refusal = bench->bench.judge().refusal();
                         answer_objects(*bench->flight, std::move(result));
                       });
    return;
  }
  const void* input = flight->input.data();
  const bool writes = binding.kind == services::BindingKind::write ||
                      (binding.needs_writer != nullptr && binding.needs_writer(input));
  if (!writes) {
    Bench bench(*this, *flight, *flight->snapshot);
    auto output = binding.run_read(binding.function, input, bench.call());
    flight->refusal = bench.judge().refusal();
    if (!output) return fail(*flight, output.error());
    record(*flight, nullptr, output->get());
    return succeed(*flight, output->get());
  }

  auto output = std::make_shared<services::Erased>();
  parts_.writer.submit(
      [this, flight, output](store::WriteTxn& txn) -> Status {
        const services::Binding& b = *flight->binding;
        // An identity write is judged on the newest state again inside the operation where it asks.
        Bench bench(*this, *flight, txn.state());
        auto change = b.run_write(b.write_function != nullptr ? b.write_function : b.function,
                                  flight->input.data(), bench.call());
        flight->refusal = bench.judge().refusal();
        if (!change) return change.error();
        txn.apply(change->events);
        txn.audit(audit_record(*flight, nullptr, change->output.get()));
        *output = std::move(change->output);
        return {};
      },
      [this, flight, output](Status status) {
        if (!status) return fail(*flight, status.error());
        succeed(*flight, output->get());
      });
}

}  // namespace rolecall::door
