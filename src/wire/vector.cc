#include "wire/vector.h"

#include "base/encoding.h"
#include "models/parcel.h"
#include "wire/parameters.h"
#include "wire/protocol.h"

namespace rolecall::wire {
namespace {

constexpr AnswerIds kIds{"11111111-2222-3333-4444-555555555555", "host-id"};

std::string text_of(const json::Value& object, std::string_view name) {
  return std::string(object.find_text(name).value_or(""));
}

// "body" as text, or "body64".
std::string body_of(const json::Value& object) {
  if (const auto coded = object.find_text("body64")) return base64_decode(*coded).value_or("");
  return text_of(object, "body");
}

void add_body(json::Value& object, const std::string& body) {
  if (is_valid_utf8(body)) {
    object.add("body", json::Value::string(body));
  } else {
    object.add("body64", json::Value::string(base64_encode(body)));
  }
}

std::vector<HeaderView> headers_of(const json::Value& object) {
  std::vector<HeaderView> headers;
  if (const auto* given = object.find("headers")) {
    for (const auto& member : given->members()) {
      headers.push_back({member.name, member.value.text()});
    }
  }
  return headers;
}

json::Value headers_json(const Headers& headers) {
  auto object = json::Value::object();
  for (const auto& [name, value] : headers) object.add(name, json::Value::string(value));
  return object;
}

json::Value parameters_json(const Shape& shape, const void* value) {
  std::string text;
  write_parameters(text, shape, value, Names::as_modelled, Sensitive::shown);
  auto parsed = json::parse(text, {.depth_max = 64});
  return parsed ? std::move(*parsed) : json::Value::string(text);
}

json::Value error_json(const Error& error) {
  auto object = json::Value::object();
  if (!error.is_api()) {
    object.add("fault", json::Value::string(error.fault().what));
    return object;
  }
  object.add("code", json::Value::string(error.api().code));
  object.add("message", json::Value::string(error.api().message));
  object.add("status", json::Value::integer(error.api().http_status));
  return object;
}

json::Value reply_json(const Reply& reply) {
  auto object = json::Value::object();
  object.add("status", json::Value::integer(reply.status));
  object.add("headers", headers_json(reply.headers));
  add_body(object, reply.body);
  return object;
}

Result<json::Value> server_input(const Service& service, const json::Value& request) {
  const auto headers = headers_of(request);
  const auto body = body_of(request), method = text_of(request, "method"),
             path = text_of(request, "path"), query = text_of(request, "query");
  const RequestView view{method, path, query, headers, body};
  std::optional<std::string_view> bucket = request.find_text("bucket");
  // Vectors of services that are modelled but not served yet say so.
  const auto* any = request.find("unserved");
  RC_TRY(auto where, any ? route_any(service, view, bucket) : route(service, view, bucket));
  RC_TRY(auto input, read_input(where, view));
  json::Value answer;
  answer.add("operation", json::Value::string(std::string(where.operation->name)));
  answer.add("input", parameters_json(*where.operation->input, input.data()));
  return answer;
}

Result<json::Value> play(const json::Value& vector) {
  const auto name = text_of(vector, "service");
  const Service* service = name == "parcel" ? &parcel::kService : service_named(name);
  if (!service) return fault("no such service");
  if (const auto* request = vector.find("request"); request && !vector.find("client_input")) {
    return server_input(*service, *request);
  }
  auto protocol = service->protocol();
  if (text_of(vector, "protocol") == "json_1_0") protocol = Protocol::json_1_0;
  json::Value answer;
  if (const auto* error = vector.find("error"); error && !vector.find("operation")) {
    const auto api = ApiError::make(static_cast<int>(error->find("status")->as_integer().value()),
                                    text_of(*error, "code"), text_of(*error, "message"));
    answer.add("reply", reply_json(write_error(*service, protocol, api, kIds)));
    return answer;
  }
  const Operation* operation = service->find(text_of(vector, "operation"));
  if (!operation || !operation->input) return fault("no such operation");
  if (const auto* output = vector.find("output"); output && !vector.find("client_reply")) {
    auto value = Value::make(*operation->output);
    RC_CHECK(read_parameters(*operation->output, *output, value.data()));
    answer.add("reply", reply_json(write_output(*operation, protocol, value.data(), kIds)));
    return answer;
  }
  if (const auto* input = vector.find("client_input")) {
    auto value = Value::make(*operation->input);
    RC_CHECK(read_parameters(*operation->input, *input, value.data()));
    RC_TRY(auto request, write_input(*operation, protocol, value.data()));
    auto object = json::Value::object();
    object.add("method", json::Value::string(request.method));
    object.add("path", json::Value::string(request.path));
    object.add("query", json::Value::string(request.query));
    object.add("headers", headers_json(request.headers));
    add_body(object, request.body);
    answer.add("request", std::move(object));
    return answer;
  }
  if (const auto* reply = vector.find("client_reply")) {
    const auto headers = headers_of(*reply);
    const auto body = body_of(*reply);
    const ReplyView view{static_cast<int>(reply->find("status")->as_integer().value_or(200)),
                         headers, body};
    if (view.status >= 300) {
      answer.add("error", error_json(read_error(*service, protocol, view)));
      return answer;
    }
    RC_TRY(auto value, read_output(*operation, protocol, view));
    answer.add("output", parameters_json(*operation->output, value.data()));
    return answer;
  }
  return fault("the vector asks nothing");
}

}  // namespace

json::Value play_vector(const json::Value& vector) {
  auto answer = play(vector);
  if (answer) return std::move(*answer);
  json::Value failed;
  failed.add("error", error_json(answer.error()));
  return failed;
}

}  // namespace rolecall::wire
