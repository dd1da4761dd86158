// The client's direction of protocol.h: requests from inputs, outputs and errors from replies.
#include <fmt/format.h>

#include "base/encoding.h"
#include "wire/bodies.h"
#include "wire/protocol.h"

namespace rolecall::wire {
namespace {

Result<std::string> path_from(std::string_view uri, const Labels& labels) {
  std::string path;
  while (!uri.empty()) {
    const auto open = std::min(uri.find('{'), uri.size());
    path += uri.substr(0, open);
    uri.remove_prefix(open);
    if (uri.empty()) break;
    const auto close = uri.find('}');
    const bool greedy = uri[close - 1] == '+';
    const auto name = uri.substr(1, close - (greedy ? 2 : 1));
    uri.remove_prefix(close + 1);
    const std::string* text = nullptr;
    for (const auto& [label, value] : labels) {
      if (label == name) text = &value;
    }
    // An empty label would make another request of it: DELETE /bucket/ is DeleteBucket.
    if (!text || text->empty()) {
      return ApiError::validation(fmt::format("`{}` must not be empty", name));
    }
    path += percent_encode(*text, greedy ? Slash::keep : Slash::encode);
  }
  return path;
}

void append_pair(std::string& query, std::string_view key, std::string_view value) {
  if (!query.empty()) query += '&';
  query += percent_encode(key);
  query += '=';
  query += percent_encode(value);
}

Result<Request> write_rest_input(const Operation& operation, Protocol protocol, const void* input) {
  RestOut rest;
  std::string root(operation.input->xml_name);
  if (root.empty()) root = fmt::format("{}Request", operation.name);
  write_rest(*operation.input, input,
             {.protocol = protocol,
              .xml_namespace = operation.service->xml_namespace,
              .root = root,
              .millis = false,
              .answer = false},
             rest);
  Request request;
  request.method = operation.method;
  RC_TRY(request.path, path_from(operation.uri, rest.labels));
  for (const auto& [key, value] : operation.literals) append_pair(request.query, key, value);
  for (const auto& [key, value] : rest.query) append_pair(request.query, key, value);
  request.headers = std::move(rest.headers);
  if (!operation.streaming_input) {
    request.body = std::move(rest.body);
    if (!request.body.empty()) request.headers.emplace_back("Content-Type", rest.content_type);
  }
  return request;
}

}  // namespace

Result<Request> write_input(const Operation& operation, Protocol protocol, const void* input) {
  Request request;
  switch (protocol) {
    case Protocol::query:
    case Protocol::ec2:
      request.method = "POST";
      request.path = "/";
      request.body =
          fmt::format("Action={}&Version={}", operation.name, operation.service->version);
      write_form(request.body, *operation.input, input,
                 protocol == Protocol::ec2 ? FormStyle::ec2 : FormStyle::query);
      request.headers.emplace_back("Content-Type",
                                   "application/x-www-form-urlencoded; charset=utf-8");
      return request;
    case Protocol::json_1_0:
    case Protocol::json_1_1:
      request.method = "POST";
      request.path = "/";
      write_json(request.body, *operation.input, input);
      request.headers.emplace_back("Content-Type", protocol == Protocol::json_1_0
                                                       ? "application/x-amz-json-1.0"
                                                       : "application/x-amz-json-1.1");
      request.headers.emplace_back(
          "X-Amz-Target", fmt::format("{}.{}", operation.service->target_prefix, operation.name));
      return request;
    case Protocol::rest_xml:
    case Protocol::rest_json:
      return write_rest_input(operation, protocol, input);
  }
  return fault("a service without a protocol");
}

Result<Value> read_output(const Operation& operation, Protocol protocol, const ReplyView& reply) {
  Value value = Value::make(*operation.output);
  Checks checks;
  switch (protocol) {
    case Protocol::query: {
      const auto wrapper = fmt::format("{}Result", operation.name);
      RC_CHECK(read_xml(*operation.output, reply.body, {.wrapper = wrapper}, value.data(), checks));
      break;
    }
    case Protocol::ec2:
      RC_CHECK(read_xml(*operation.output, reply.body, {}, value.data(), checks));
      break;
    case Protocol::json_1_0:
    case Protocol::json_1_1:
      RC_CHECK(read_json(*operation.output, reply.body, value.data(), checks));
      break;
    case Protocol::rest_xml:
    case Protocol::rest_json:
      RC_CHECK(read_rest(*operation.output,
                         {.headers = reply.headers, .body = reply.body, .status = reply.status},
                         {.protocol = protocol,
                          .streaming = operation.streaming_output,
                          .unwrapped = operation.unwrapped_output},
                         value.data(), checks));
  }
  return value;
}

namespace {

// Of what S3 answers to HEAD.
std::string_view reason_of(int status) {
  switch (status) {
    case 301:
      return "Moved Permanently";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 416:
      return "Requested Range Not Satisfiable";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

}  // namespace

ApiError read_error(const Service& service, Protocol protocol, const ReplyView& reply) {
  const bool json = protocol == Protocol::json_1_0 || protocol == Protocol::json_1_1 ||
                    protocol == Protocol::rest_json;
  auto error =
      json ? read_json_error(reply.body, reply.status) : read_xml_error(reply.body, reply.status);
  auto answer = error ? std::move(*error) : ApiError::make(reply.status, "", "");
  if (service.dialect == Dialect::query_json) {
    // "AWS.SimpleQueueService.NonExistentQueue;Sender": the code that SDKs have always told.
    const auto old = reply.header("x-amzn-query-error");
    if (old && !old->empty() && old->front() != ';') answer.code = old->substr(0, old->find(';'));
  }
  if (answer.code.empty()) {
    if (const auto type = reply.header("x-amzn-errortype")) {
      answer.code = type->substr(0, type->find(':'));
    }
  }
  if (answer.code.empty()) {
    // HEAD has no body: boto3 takes the status and its reason for code and message.
    const std::string_view reason = service.dialect == Dialect::s3 ? reason_of(reply.status) : "";
    answer.code = reason.empty() ? "Unknown" : std::to_string(reply.status);
    if (!reason.empty()) {
      answer.message = reason;
    } else if (answer.message.empty()) {
      answer.message = fmt::format("HTTP status {}", reply.status);
    }
  }
  return answer;
}

}  // namespace rolecall::wire
