// One request on its way through the house. It owns all it needs, because a write outlives the
// connection it came on.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "guard/judge.h"
#include "http/message.h"
#include "identity/caller.h"
#include "identity/state.h"
#include "services/core/module.h"
#include "wire/protocol.h"
#include "wire/shape.h"

namespace rolecall::door {

class ServiceEntry;

struct Flight {
  // The request, as far as anything after the head needs it.
  std::string request_id;
  std::string source_ip;
  std::string user_agent;
  std::string referer;
  std::string host;
  std::string auth_type;       // "REST-HEADER", "REST-QUERY-STRING" or ""
  std::string content_sha256;  // x-amz-content-sha256 as sent
  std::string region = "us-east-1";
  std::string partition = "aws";
  bool has_referer = false;
  bool tls = false;
  bool head_request = false;
  Instant received;

  // What it turned out to be. Null until found.
  const wire::Service* service = nullptr;
  const wire::Operation* operation = nullptr;
  wire::Protocol protocol = wire::Protocol::query;
  std::string unknown_service;  // named by the request and not modelled here
  std::string host_region;      // what the host says the scope must say; empty: nothing
  std::string bucket;           // S3: whose region the scope must say; empty: none's
  const ServiceEntry* entry = nullptr;
  const services::Binding* binding = nullptr;

  // Who it came from and against which state it was judged.
  identity::Caller caller;
  identity::Snapshot snapshot;
  wire::Value input;
  // requestParameters for the trail, kept when the input itself is handed on to the data plane.
  std::string parameters;

  // What became of it. `recorded`: its audit record went into the commit.
  bool recorded = false;
  std::optional<guard::Refusal> refusal;
  http::Reply reply{[](http::Response) {}};

  guard::RequestFacts facts(Instant now) const;
  // How this call's answer is worded.
  wire::Dialect dialect() const;
  // What the caller and the trail are told: of a Fault, that it happened.
  ApiError told(const Error& error) const;
};

using FlightRef = std::shared_ptr<Flight>;

}  // namespace rolecall::door
