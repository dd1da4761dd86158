// The server's direction of protocol.h: input from requests, replies from outputs and errors.
#include <fmt/format.h>

#include "base/json.h"
#include "wire/bodies.h"
#include "wire/protocol.h"

namespace rolecall::wire {
namespace {

constexpr std::string_view kXmlDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

std::string_view json_type(Protocol protocol) {
  switch (protocol) {
    case Protocol::json_1_0:
      return "application/x-amz-json-1.0";
    case Protocol::json_1_1:
      return "application/x-amz-json-1.1";
    default:
      return "application/json";
  }
}

void add_ids(const Service& service, Reply& reply, const AnswerIds& ids) {
  if (service.dialect == Dialect::s3) {
    reply.headers.emplace_back("x-amz-request-id", ids.request_id);
    if (!ids.host_id.empty()) reply.headers.emplace_back("x-amz-id-2", ids.host_id);
  } else {
    reply.headers.emplace_back("x-amzn-RequestId", ids.request_id);
  }
}

void append_element(std::string& out, std::string_view name, std::string_view text) {
  out += '<';
  out += name;
  out += '>';
  append_xml_text(out, text);
  out += "</";
  out += name;
  out += '>';
}

void write_query_output(const Operation& operation, const void* output, const AnswerIds& ids,
                        Reply& reply) {
  auto& out = reply.body;
  out.reserve(512);
  out += '<';
  out += operation.name;
  out += "Response xmlns=\"";
  out += operation.service->xml_namespace;
  out += "\">";
  if (operation.has_output) {
    out += '<';
    out += operation.name;
    out += "Result>";
    write_xml_members(out, *operation.output, output, {operation.service->timestamp_millis});
    out += "</";
    out += operation.name;
    out += "Result>";
  }
  out += "<ResponseMetadata>";
  append_element(out, "RequestId", ids.request_id);
  out += "</ResponseMetadata></";
  out += operation.name;
  out += "Response>";
  reply.headers.emplace_back("Content-Type", "text/xml");
}

void write_ec2_output(const Operation& operation, const void* output, const AnswerIds& ids,
                      Reply& reply) {
  auto& out = reply.body;
  out += kXmlDeclaration;
  fmt::format_to(std::back_inserter(out), "<{}Response xmlns=\"{}\">", operation.name,
                 operation.service->xml_namespace);
  append_element(out, "requestId", ids.request_id);
  if (!operation.has_output) {
    out += "<return>true</return>";
  } else {
    write_xml_members(out, *operation.output, output, {operation.service->timestamp_millis});
  }
  fmt::format_to(std::back_inserter(out), "</{}Response>", operation.name);
  reply.headers.emplace_back("Content-Type", "text/xml;charset=UTF-8");
}

void write_rest_output(const Operation& operation, Protocol protocol, const void* output,
                       Reply& reply) {
  RestOut rest;
  std::string root(operation.output->xml_name);
  if (root.empty()) root = fmt::format("{}Result", operation.name);
  write_rest(*operation.output, output,
             {.protocol = protocol,
              .xml_namespace = operation.service->xml_namespace,
              .root = root,
              .millis = operation.service->timestamp_millis,
              .unwrapped = operation.unwrapped_output},
             rest);
  if (rest.status != 0) reply.status = rest.status;
  reply.headers = std::move(rest.headers);
  if (operation.streaming_output) return;
  reply.body = std::move(rest.body);
  if (!reply.body.empty()) reply.headers.emplace_back("Content-Type", rest.content_type);
}

void write_error_body(const Service& service, Protocol protocol, const ApiError& error,
                      const AnswerIds& ids, Reply& reply) {
  auto& out = reply.body;
  const ErrorShape* known = service.find_error(error.code);
  const std::string_view fault = error.http_status < 500 ? "Sender" : "Receiver";
  switch (protocol) {
    case Protocol::query: {
      fmt::format_to(std::back_inserter(out), "<ErrorResponse xmlns=\"{}\"><Error><Type>{}</Type>",
                     service.xml_namespace, fault);
      append_element(out, "Code", known != nullptr ? known->code : error.code);
      append_element(out, "Message", error.message);
      for (const auto& [name, value] : error.details) append_element(out, name, value);
      out += "</Error>";
      append_element(out, "RequestId", ids.request_id);
      out += "</ErrorResponse>";
      reply.headers.emplace_back("Content-Type", "text/xml");
      return;
    }
    case Protocol::ec2:
      out += kXmlDeclaration;
      out += "<Response><Errors><Error>";
      append_element(out, "Code", error.code);
      append_element(out, "Message", error.message);
      for (const auto& [name, value] : error.details) append_element(out, name, value);
      out += "</Error></Errors>";
      append_element(out, "RequestID", ids.request_id);
      out += "</Response>";
      reply.headers.emplace_back("Content-Type", "text/xml;charset=UTF-8");
      return;
    case Protocol::rest_xml:
      out += kXmlDeclaration;
      out += "<Error>";
      append_element(out, "Code", error.code);
      append_element(out, "Message", error.message);
      for (const auto& [name, value] : error.details) append_element(out, name, value);
      append_element(out, "RequestId", ids.request_id);
      append_element(out, "HostId", ids.host_id);
      out += "</Error>";
      reply.headers.emplace_back("Content-Type", "application/xml");
      return;
    case Protocol::json_1_0:
    case Protocol::json_1_1:
    case Protocol::rest_json: {
      // The structure of this error says how its message is spelt ("Message" in Organizations).
      std::string_view message = "message";
      std::string type = error.code;
      if (known != nullptr) {
        for (const auto& member : known->shape->members) {
          if (member.name == "Message") message = "Message";
        }
        if (service.dialect == Dialect::query_json) {
          // AWS: "AWS Query compatible error responses"; the SDKs go on telling the old code.
          type = fmt::format("com.amazonaws.{}#{}", service.name, known->shape->name);
          reply.headers.emplace_back("x-amzn-query-error",
                                     fmt::format("{};{}", known->code, fault));
        }
      }
      json::Writer w(out);
      w.begin_object();
      w.member("__type", type);
      w.member(message, error.message);
      for (const auto& [name, value] : error.details) w.member(name, value);
      w.end_object();
      reply.headers.emplace_back("Content-Type", json_type(protocol));
      if (protocol == Protocol::rest_json) {
        reply.headers.emplace_back("x-amzn-ErrorType", error.code);
      }
    }
  }
}

}  // namespace

ApiError internal_failure(Dialect dialect) {
  switch (dialect) {
    case Dialect::s3:
      return ApiError::make(500, "InternalError",
                            "We encountered an internal error. Please try again.");
    case Dialect::ec2:
      return ApiError::make(500, "InternalError", "An internal error has occurred");
    case Dialect::query:
    case Dialect::query_json:
    case Dialect::json:
    case Dialect::rest_json:
      break;
  }
  return ApiError::make(500, "InternalFailure",
                        "The request processing has failed because of an unknown error, exception "
                        "or failure.");
}

Result<Value> read_input(const Route& route, const RequestView& request) {
  const Operation& operation = *route.operation;
  Value value = Value::make(*operation.input);
  Checks checks(route.service->dialect_in(route.protocol));
  switch (route.protocol) {
    case Protocol::query:
      RC_CHECK(read_form(*operation.input, route.form, FormStyle::query, value.data(), checks));
      break;
    case Protocol::ec2:
      RC_CHECK(read_form(*operation.input, route.form, FormStyle::ec2, value.data(), checks));
      break;
    case Protocol::json_1_0:
    case Protocol::json_1_1:
      RC_CHECK(read_json(*operation.input, request.body, value.data(), checks));
      break;
    case Protocol::rest_xml:
    case Protocol::rest_json:
      RC_CHECK(read_rest(*operation.input,
                         {.headers = request.headers,
                          .query = route.query,
                          .labels = &route.labels,
                          .body = request.body},
                         {.protocol = route.protocol,
                          .streaming = operation.streaming_input,
                          .root = operation.input->xml_name},
                         value.data(), checks));
  }
  if (auto error = checks.error()) return std::move(*error);
  return value;
}

Reply write_output(const Operation& operation, Protocol protocol, const void* output,
                   const AnswerIds& ids) {
  Reply reply;
  reply.status = operation.success_status;
  switch (protocol) {
    case Protocol::query:
      write_query_output(operation, output, ids, reply);
      break;
    case Protocol::ec2:
      write_ec2_output(operation, output, ids, reply);
      break;
    case Protocol::json_1_0:
    case Protocol::json_1_1:
      write_json(reply.body, *operation.output, output);
      reply.headers.emplace_back("Content-Type", json_type(protocol));
      break;
    case Protocol::rest_xml:
    case Protocol::rest_json:
      write_rest_output(operation, protocol, output, reply);
  }
  add_ids(*operation.service, reply, ids);
  return reply;
}

Reply write_error(const Service& service, Protocol protocol, const Error& error,
                  const AnswerIds& ids, bool head) {
  const ApiError api =
      error.is_api() ? error.api() : internal_failure(service.dialect_in(protocol));
  Reply reply;
  reply.status = api.http_status;
  // 304 has no body by RFC 7232; S3 uses it for conditional reads.
  if (!head && api.http_status != 304) write_error_body(service, protocol, api, ids, reply);
  for (const auto& header : api.headers) reply.headers.push_back(header);
  add_ids(service, reply, ids);
  return reply;
}

}  // namespace rolecall::wire
