// awsJson and restJson1 bodies ↔ structures.
#include <fmt/format.h>

#include <limits>

#include "base/encoding.h"
#include "base/json.h"
#include "wire/bodies.h"
#include "wire/json_text.h"
#include "wire/walk.h"

namespace rolecall::wire {
namespace {

ApiError serialization(std::string message) {
  return ApiError::make(400, "SerializationException", std::move(message));
}

std::string_view kind_word(json::Kind kind) {
  switch (kind) {
    case json::Kind::null:
      return "NULL_VALUE";
    case json::Kind::boolean:
      return "BOOLEAN_VALUE";
    case json::Kind::number:
      return "NUMBER_VALUE";
    case json::Kind::string:
      return "STRING_VALUE";
    case json::Kind::array:
      return "START_ARRAY";
    case json::Kind::object:
      return "START_OBJECT";
  }
  return "";
}

std::string_view type_word(Kind kind) {
  switch (kind) {
    case Kind::boolean:
      return "Boolean";
    case Kind::integer:
      return "Integer";
    case Kind::long_:
      return "Long";
    case Kind::floating:
      return "Float";
    case Kind::double_:
      return "Double";
    case Kind::string:
      return "String";
    case Kind::blob:
      return "Blob";
    case Kind::timestamp:
      return "Timestamp";
    case Kind::list:
      return "List";
    case Kind::map:
      return "Map";
    case Kind::structure:
      return "Structure";
  }
  return "";
}

ApiError cannot_be(const json::Value& value, const Shape& shape) {
  return serialization(fmt::format("{} can not be converted to a{} {}", kind_word(value.kind()),
                                   shape.kind == Kind::integer ? "n" : "", type_word(shape.kind)));
}

class JsonNode {
 public:
  explicit JsonNode(const json::Value& value) : value_(&value) {}

  std::optional<JsonNode> child(const Member& member) const {
    const auto* found = value_->find(member.json_name);
    if (!found || found->is_null()) return std::nullopt;
    return JsonNode(*found);
  }
  std::vector<JsonNode> items(const Shape&, bool) const {
    std::vector<JsonNode> found;
    found.reserve(value_->items().size());
    for (const auto& item : value_->items()) found.emplace_back(item);
    return found;
  }
  std::vector<std::pair<std::string, JsonNode>> entries(const Shape&, bool) const {
    std::vector<std::pair<std::string, JsonNode>> found;
    for (const auto& member : value_->members()) {
      if (!member.value.is_null()) found.emplace_back(member.name, member.value);
    }
    return found;
  }
  Status scalar(const Shape& shape, TimestampFormat format, void* out) const {
    bool fits = false;
    switch (shape.kind) {
      case Kind::boolean:
        fits = value_->is_bool();
        break;
      case Kind::string:
      case Kind::blob:
        fits = value_->is_string();
        break;
      case Kind::timestamp:
        fits = value_->is_number() || value_->is_string();
        if (format == TimestampFormat::by_protocol) format = TimestampFormat::date_time;
        break;
      default:
        fits = value_->is_number();
    }
    if (!fits) return cannot_be(*value_, shape);
    if (parse_scalar(shape, format, value_->text(), out)) return {};
    // A whole number written with a fraction or an exponent, "1.0".
    if (const auto number = value_->as_double(); value_->is_number() && number) {
      const auto whole =
          static_cast<std::int64_t>(*number >= -9e15 && *number <= 9e15 ? *number : 0.0);
      if (static_cast<double>(whole) == *number &&
          parse_scalar(shape, format, std::to_string(whole), out)) {
        return {};
      }
    }
    return cannot_be(*value_, shape);
  }
  Status expect(const Shape& shape) const {
    const bool fits = shape.kind == Kind::list ? value_->is_array() : value_->is_object();
    if (!fits) return cannot_be(*value_, shape);
    return {};
  }

 private:
  const json::Value* value_;
};

}  // namespace

Status read_json(const Shape& shape, std::string_view text, void* out, Checks& checks) {
  if (trim(text).empty()) text = "{}";
  auto tree = json::parse(text);
  if (!tree) {
    return serialization(fmt::format("the body is not JSON: {} (line {}, column {})",
                                     tree.error().message, tree.error().at.line,
                                     tree.error().at.column));
  }
  if (!tree->is_object()) return cannot_be(*tree, shape);
  return Walk<JsonNode>(checks).structure(shape, JsonNode(*tree), out, nullptr);
}

std::optional<ApiError> read_json_error(std::string_view text, int http_status) {
  auto tree = json::parse(text);
  if (!tree || !tree->is_object()) return std::nullopt;
  auto error = ApiError::make(http_status, "", "");
  for (const auto& member : tree->members()) {
    const auto& value = member.value;
    if (member.name == "__type" || (member.name == "code" && error.code.empty())) {
      // "com.amazonaws.sqs#QueueDoesNotExist" and "Name:http://…" both mean the name.
      std::string_view code = value.text();
      if (const auto hash = code.rfind('#'); hash != std::string_view::npos) {
        code.remove_prefix(hash + 1);
      }
      error.code = code.substr(0, code.find(':'));
    } else if (equal_ignoring_case(member.name, "message")) {
      error.message = value.text();
    } else if (value.is_string() || value.is_number() || value.is_bool()) {
      error.details.emplace_back(member.name, value.text());
    }
  }
  return error;
}

void write_json(std::string& out, const Shape& shape, const void* value) {
  append_json(out, shape, value, {.body_only = true, .times = TimestampFormat::epoch_seconds});
}

}  // namespace rolecall::wire
