// The room's front door: bytes → operation and typed input, typed output or error → bytes. And the
// same the other way round for the client.
//
//   RC_TRY(auto route, wire::route(service, request, bucket));        // which operation?
//   RC_TRY(auto in, wire::read_input(route, request));                // its typed, validated input
//   auto out = get_role(in.as<iam::GetRoleInput>(), …);
//   auto reply = wire::write_output(route, &*out, {request_id});
//
// Pure functions of their arguments; any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/form.h"
#include "wire/message.h"
#include "wire/rest.h"
#include "wire/shape.h"

namespace rolecall::wire {

// What tells which service a request is for; empty = not known.
struct ServiceHints {
  std::string_view scope_service = {};  // from the credential scope, "iam"
  std::string_view target = {};         // X-Amz-Target
  std::string_view action = {};         // Action of a form or query string
  std::string_view version = {};
  std::string_view host = {};
};
// In this order of trust: signed scope, target, action with version, host name. nullptr: none said
// (an anonymous S3 request looks like that).
const Service* find_service(const ServiceHints& hints);

// An operation found, with what finding it had to parse anyway. Views into the request.
struct Route {
  const Service* service = nullptr;
  const Operation* operation = nullptr;
  Protocol protocol = Protocol::query;
  Form form = {};                     // query, ec2
  std::vector<QueryPair> query = {};  // REST
  Labels labels = {};                 // REST
};

// Which operation a request asks for. Errors: InvalidAction, UnknownOperationException,
// MethodNotAllowed …, in the service's words; NotImplemented (501) for what AWS has and we do not.
// `bucket`: given for virtual-hosted S3 requests, whose path does not name it.
Result<Route> route(const Service& service, const RequestView& request,
                    std::optional<std::string_view> bucket = std::nullopt);

// The same without regard to whether it is served: for audit records of what was refused, and
// tests. Of an operation that is not modelled, input and output are null.
Result<Route> route_any(const Service& service, const RequestView& request,
                        std::optional<std::string_view> bucket = std::nullopt);

// The protocol a request to this service speaks, for answering errors when route() failed.
Protocol protocol_of(const Service& service, const RequestView& request);

// The input, read and validated against the model. The error names every failed constraint.
Result<Value> read_input(const Route& route, const RequestView& request);

// What an answer carries besides its content. `host_id` is S3's x-amz-id-2.
struct AnswerIds {
  std::string_view request_id;
  std::string_view host_id = {};
};

// `output` points at a value of the operation's output shape. For streaming outputs the body stays
// empty: the caller sends it.
Reply write_output(const Operation& operation, Protocol protocol, const void* output,
                   const AnswerIds& ids);
inline Reply write_output(const Route& route, const void* output, const AnswerIds& ids) {
  return write_output(*route.operation, route.protocol, output, ids);
}

// What a caller is told of a Fault: InternalFailure (S3, EC2: InternalError); the cause goes to the
// log alone.
ApiError internal_failure(Dialect dialect);

// `head`: an answer to HEAD has no body. A Fault becomes internal_failure(). The code of a modelled
// error may be its shape's name or its awsQuery code; the protocol's is written, and where old SDKs
// want the other one too (Dialect::query_json), that in x-amzn-query-error.
Reply write_error(const Service& service, Protocol protocol, const Error& error,
                  const AnswerIds& ids, bool head = false);

// ---- the client's direction ----

// Labels, query, headers and body of a request; Host, date and signature are the caller's. For
// streaming inputs the body stays empty. An error: a label or required member is empty.
Result<Request> write_input(const Operation& operation, Protocol protocol, const void* input);

// A value of the operation's output shape from a 2xx answer. For streaming outputs the body is the
// caller's.
Result<Value> read_output(const Operation& operation, Protocol protocol, const ReplyView& reply);

// What a non-2xx answer says. Never fails: an unreadable answer gives code "Unknown" and its
// status.
ApiError read_error(const Service& service, Protocol protocol, const ReplyView& reply);

}  // namespace rolecall::wire
