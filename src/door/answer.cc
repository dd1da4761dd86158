// The way out: typed output or error → bytes, and one record in the trail for every call.
#include "audit/record.h"
#include "base/encoding.h"
#include "base/log.h"
#include "door/door.h"
#include "door/trail_style.h"

namespace rolecall::door {
namespace {

using identity::CallerKind;

audit::UserIdentity identity_of(const Flight& flight, std::string& account) {
  const identity::Caller& caller = flight.caller;
  audit::UserIdentity out;
  account = caller.account.text();
  out.account_id = account;
  out.arn = caller.arn;
  out.principal_id = caller.user_id;
  out.access_key_id = audit::cut_text(caller.access_key_id, audit::kUserAgentBytesMax);
  switch (caller.kind) {
    case CallerKind::anonymous:
      out.type =
          flight.auth_type.empty() ? audit::CallerType::anonymous : audit::CallerType::unknown;
      out.arn = {};
      out.principal_id = {};
      break;
    case CallerKind::root:
      out.type = audit::CallerType::root;
      break;
    case CallerKind::user:
      out.type = audit::CallerType::iam_user;
      out.user_name = caller.user->name;
      break;
    case CallerKind::assumed_role:
      out.type = audit::CallerType::assumed_role;
      break;
    case CallerKind::federated_user:
      out.type = audit::CallerType::federated_user;
      break;
    case CallerKind::service:
      out.type = audit::CallerType::aws_service;
      out.invoked_by = caller.service_principal;
      break;
  }
  if (caller.session == nullptr) return out;
  out.has_session = true;
  out.session_created = caller.session->issued;
  out.mfa = caller.session->mfa_at.has_value();
  out.source_identity = caller.session->source_identity;
  out.federated_provider = caller.session->federated_provider;
  if (caller.role != nullptr) {
    out.issuer_type = "Role";
    out.issuer_principal_id = caller.role->id;
    out.issuer_arn = caller.role->arn;
    out.issuer_account_id = account;
    out.issuer_user_name = caller.role->name;
  } else if (caller.kind == CallerKind::federated_user && caller.user != nullptr) {
    out.issuer_type = "IAMUser";
    out.issuer_principal_id = caller.user->id;
    out.issuer_arn = caller.user->arn;
    out.issuer_account_id = account;
    out.issuer_user_name = caller.user->name;
  }
  return out;
}

// Calls on objects are CloudTrail's data events.
bool is_data_event(const Flight& flight) {
  if (flight.service->name != "s3") return false;
  const std::string_view name = flight.operation->name;
  return name.find("Object") != name.npos || name.find("Part") != name.npos ||
         name.find("MultipartUpload") != name.npos;
}

http::Response to_response(wire::Reply reply) {
  http::Response response;
  response.status = reply.status;
  response.headers = std::move(reply.headers);
  response.body = std::move(reply.body);
  return response;
}

// S3's second id: ours says nothing that the first does not.
std::string host_id(const Flight& flight) {
  return flight.dialect() == wire::Dialect::s3 ? base64_encode(flight.request_id) : std::string();
}

}  // namespace

std::string_view Door::audit_record(const Flight& flight, const ApiError* error,
                                    const void* output) const {
  // Every call makes a record: the memory is taken once a thread.
  struct Scratch {
    std::string request, response, source, out;
  };
  static thread_local Scratch scratch;
  auto& [request, response, source, out] = scratch;
  for (std::string* text : {&request, &response, &source, &out}) text->clear();
  std::string account, event_id;
  audit::Record record;
  record.identity = identity_of(flight, account);
  record.time = flight.received;
  source.append(flight.service->endpoint_prefix).append(".amazonaws.com");
  record.event_source = source;
  record.event_name = flight.operation->name;
  record.region = flight.region;
  record.source_ip = flight.source_ip;
  record.user_agent = audit::cut_text(flight.user_agent, audit::kUserAgentBytesMax);
  if (error != nullptr) {
    record.error_code = audit::cut_text(error->code, audit::kErrorBytesMax);
    record.error_message = audit::cut_text(error->message, audit::kErrorBytesMax);
  }
  if (flight.input) {
    wire::append_json_if_any(request, *flight.input.shape(), flight.input.data(), kTrailStyle);
  }
  record.request_parameters =
      flight.input ? std::string_view(request) : std::string_view(flight.parameters);
  if (record.request_parameters.size() > audit::kElementsBytesMax) {
    record.request_parameters = audit::kOmitted;
  }
  if (output != nullptr && !flight.operation->read_only && flight.operation->output != nullptr) {
    wire::append_json_if_any(response, *flight.operation->output, output, kTrailStyle);
  }
  record.response_elements =
      response.size() > audit::kElementsBytesMax ? audit::kOmitted : std::string_view(response);
  if (flight.refusal) {
    record.additional.emplace_back("decisionId", flight.refusal->decision_id);
    record.additional.emplace_back("refusedAction", flight.refusal->action);
    record.resources.push_back({flight.refusal->resource, {}, {}});
  }
  record.request_id = flight.request_id;
  event_id = parts_.random.uuid();
  record.event_id = event_id;
  record.read_only = flight.operation->read_only;
  record.management_event = !is_data_event(flight);
  record.recipient_account_id = account;
  if (flight.tls) {
    record.tls_host = audit::cut_text(
        flight.host, audit::kUserAgentBytesMax);  // http does not tell which version was agreed on
  }
  audit::append_json(out, record);
  return out;
}

void Door::record(Flight& flight, const ApiError* error, const void* output) {
  if (flight.operation == nullptr) return;
  parts_.writer.audit_later(audit_record(flight, error, output));
}

http::Response Door::encode_error(const Flight& flight, const Error& error) {
  if (error.is_api()) {
    counters_.refused.fetch_add(1, std::memory_order_relaxed);
  } else {
    log::error("request failed", {{"request", flight.request_id}, {"why", error.fault().what}});
    counters_.faults.fetch_add(1, std::memory_order_relaxed);
  }
  const wire::Service& service =
      flight.service != nullptr ? *flight.service : *wire::service_named("sts");
  return to_response(wire::write_error(service, flight.protocol, error,
                                       {flight.request_id, host_id(flight)}, flight.head_request));
}

void Door::fail(Flight& flight, const Error& error) {
  if (flight.operation != nullptr) {
    const ApiError shown = flight.told(error);
    record(flight, &shown, nullptr);
  }
  flight.reply(encode_error(flight, error));
}

// Object data: the answer's bytes come beside the typed output.
void Door::answer_objects(Flight& flight, Result<s3::ObjectResponse> result) {
  // A record that went into a commit which failed is gone with it.
  if (!result) return fail(flight, result.error());
  if (!flight.recorded) record(flight, nullptr, result->output.get());
  http::Response response =
      to_response(wire::write_output(*flight.operation, flight.protocol, result->output.get(),
                                     {flight.request_id, host_id(flight)}));
  if (result->status != 0) response.status = result->status;
  if (auto* bytes = std::get_if<std::string>(&result->body)) {
    response.body = std::move(*bytes);
  } else if (auto* file = std::get_if<s3::FileSlice>(&result->body)) {
    const std::uint64_t offset = file->offset(), length = file->length();
    response.body = http::FileBody(file->release(), offset, length);
  }
  if (flight.head_request) {
    // HEAD announces the length of what GET would send.
    for (const auto& [name, value] : response.headers) {
      if (equal_ignoring_case(name, "content-length") && !value.empty() &&
          value.find_first_not_of("0123456789") == value.npos && value.size() < 20) {
        response.content_length_override = std::stoull(value);
      }
    }
  }
  flight.reply(std::move(response));
}

void Door::succeed(Flight& flight, const void* output) {
  flight.reply(to_response(wire::write_output(*flight.operation, flight.protocol, output,
                                              {flight.request_id, host_id(flight)})));
}

}  // namespace rolecall::door
