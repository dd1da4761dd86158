// The one door into every service: for the command line, the SDKs, the console and the gateway
// alike.
//
//   bytes → request → who is it? → what is asked? → may they? → do it → answer, and write it down
//           http      guard        wire (model)     guard       service  wire   audit
//
// Reads and refusals are answered on the connection's thread; writes go through the one writer and
// are answered when they are durable. door.cc finds the service and the operation, run.cc takes one
// request the whole way, upload.cc does the same for bodies that stream, answer.cc encodes and
// records.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "audit/authorization_message.h"
#include "base/clock.h"
#include "base/random.h"
#include "door/arrival.h"
#include "door/bench.h"
#include "door/body_budget.h"
#include "door/flight.h"
#include "guard/authenticate.h"
#include "http/message.h"
#include "identity/code_attempts.h"
#include "identity/last_used.h"
#include "identity/sessions.h"
#include "services/s3/data_plane.h"
#include "sigv4/chunked.h"
#include "store/writer.h"
#include "wire/protocol.h"

namespace rolecall::door {

// API requests are buffered whole. The largest are CompleteMultipartUpload with 10,000 parts and
// policies of 128 KiB in percent-encoded forms; both stay below 2 MiB.
inline constexpr std::size_t kBufferedBodyBytesMax = 2 * 1024 * 1024;

// What `dev` servers add for tests: moving time, putting the start back.
class DevControls {
 public:
  virtual ~DevControls() = default;
  virtual Status reset() = 0;
  virtual Status advance_seconds(std::int64_t seconds) = 0;
};

// Looks things up for /_rolecall/…; the app gives it the store's.
class Archive {
 public:
  virtual ~Archive() = default;
  // The decision record kept under that id, as JSON.
  virtual std::optional<std::string> decision(std::string_view id) = 0;
  // Audit records as JSON lines, oldest first, at most `limit` of the newest; `query` is the raw
  // query of the request (filters).
  virtual Result<std::string> audit_lines(std::string_view query) = 0;
};

struct DoorParts {
  store::Writer& writer;
  guard::DecisionSink& decisions;
  const identity::SessionSealer& sessions;
  const audit::AuthorizationMessages& messages;
  s3::DataPlane& objects;
  const Clock& clock;
  Random& random;
  Archive& archive;
  identity::LastUsed& last_used;
  // False while calls could not be recorded (a full disk): then they are refused. Empty: always
  // true.
  std::function<bool()> healthy = {};
  DevControls* dev = nullptr;                 // null: `serve`
  std::function<std::string()> metrics = {};  // Prometheus text
  std::string health_details;                 // members for the health answer, JSON, may be empty
};

// Counts of requests by outcome, for metrics.
struct DoorCounters {
  std::atomic<std::uint64_t> requests{0}, refused{0}, faults{0}, unauthenticated{0};
};

// What is known here of one service.
class ServiceEntry {
 public:
  // Does not return when the module has gaps: a call would meet them as a 501 or a 500.
  explicit ServiceEntry(const services::Module& module);
  std::string_view name() const { return module_.model->name; }
  const services::Module& module() const { return module_; }
  // Null: nobody has bound the operation. Precondition: it is this service's.
  const services::Binding* find(const wire::Operation& operation) const;

 private:
  services::Module module_;
  std::vector<const services::Binding*> by_place_;  // by the operation's place in the model's table
};

class Door {
 public:
  explicit Door(DoorParts parts);
  // Answers for http::Server; may be called from all its threads at once.
  std::variant<std::unique_ptr<http::Exchange>, http::Response> accept(
      const http::RequestHead& head);
  const DoorCounters& counters() const { return counters_; }

 private:
  friend class BufferedExchange;
  friend class UploadExchange;
  friend class InternalExchange;

  friend class Bench;

  const ServiceEntry* entry(std::string_view service) const;
  Target locate(const Arrival& arrival) const;
  static void locate_by_form(Target& target, const Arrival& arrival, std::string_view body);
  http::Response refuse_size(const http::RequestHead& head, const Arrival& arrival,
                             const Target& target);
  http::Response refuse_busy(const http::RequestHead& head, const Arrival& arrival,
                             const Target& target);
  http::Response refuse_body(const http::RequestHead& head, const Arrival& arrival,
                             const Target& target, ApiError error);
  // Upload or refusal, decided on the head.
  std::variant<std::unique_ptr<http::Exchange>, http::Response> accept_upload(
      const http::RequestHead& head, const Target& target, const Arrival& arrival,
      wire::Route route);
  std::variant<std::unique_ptr<http::Exchange>, http::Response> refuse_upload(Flight& flight,
                                                                              const Error& error);

  // ---- run.cc: one request, step by step ----
  FlightRef new_flight(const http::RequestHead& head, const Arrival& arrival, const Target& target);
  void run(const http::RequestHead& head, const Target& target, std::string_view body,
           http::Reply reply);
  Status prepare(Flight& flight, const Arrival& arrival, const Target& target,
                 std::string_view body);
  // Computes the payload hash once it is known that the request is signed, and in which form.
  using PayloadHash = std::function<Result<std::string>(bool query_form)>;
  // What the credential scope must say; empty: any region. Bad: S3 sends the caller elsewhere.
  Result<std::string_view> expected_region(const Flight& flight) const;
  Result<std::optional<guard::Authenticated>> identify(Flight& flight, const Arrival& arrival,
                                                       const PayloadHash& payload);
  Result<sigv4::ChunkedDecoder> chunked_decoder(const Arrival& arrival,
                                                const guard::Authenticated* proof,
                                                sigv4::PayloadMode mode);
  Status authorize(Flight& flight);
  static ApiError not_served(const wire::Operation& operation);
  void dispatch(FlightRef flight);
  // The input for the data plane; the flight keeps what the trail will say of it.
  static services::Erased hand_on_input(Flight& flight);
  std::move_only_function<void(store::WriteTxn&, const Result<s3::ObjectResponse>&)>
  audit_in_commit(std::shared_ptr<FlightBench> bench);

  // ---- answer.cc: encode and record ----
  void succeed(Flight& flight, const void* output);
  void fail(Flight& flight, const Error& error);
  void answer_objects(Flight& flight, Result<s3::ObjectResponse> result);
  http::Response encode_error(const Flight& flight, const Error& error);
  // Lies in the thread's own memory until its next record.
  std::string_view audit_record(const Flight& flight, const ApiError* error,
                                const void* output) const;
  void record(Flight& flight, const ApiError* error, const void* output);

  DoorParts parts_;
  guard::Authenticator authenticator_;
  std::vector<ServiceEntry> services_;
  DoorCounters counters_;
  mutable identity::CodeAttempts code_attempts_;
  BodyBudget body_budget_;
};

}  // namespace rolecall::door
