#include "wire/checks.h"

#include <fmt/format.h>

#include "base/encoding.h"
#include "base/time.h"
#include "wire/pattern.h"

namespace rolecall::wire {
namespace {

std::string small_first(std::string_view name) {
  std::string text(name);
  if (!text.empty()) text[0] = ascii_lower(text[0]);
  return text;
}

std::string joined(std::span<const std::string_view> values) {
  std::string text;
  for (auto value : values) {
    if (!text.empty()) text += ", ";
    text += value;
  }
  return text;
}

bool is_number(Kind kind) { return kind == Kind::integer || kind == Kind::long_; }

// The number a constraint's bounds speak of: a value, or a length.
std::int64_t measure(const Shape& shape, const void* value) {
  switch (shape.kind) {
    case Kind::integer:
      return *static_cast<const std::int32_t*>(value);
    case Kind::long_:
      return *static_cast<const std::int64_t*>(value);
    case Kind::string:
      return static_cast<std::int64_t>(length_of(*static_cast<const std::string*>(value)));
    case Kind::blob:
      return static_cast<std::int64_t>(static_cast<const std::string*>(value)->size());
    case Kind::list:
      return static_cast<std::int64_t>(shape.list->size(value));
    case Kind::map:
      return static_cast<std::int64_t>(shape.map->size(value));
    default:
      return 0;
  }
}

std::string demand_of_max(const Shape& shape, std::int64_t max) {
  return fmt::format("Member must have {} less than or equal to {}",
                     is_number(shape.kind) ? "value" : "length", max);
}
std::string demand_of_min(const Shape& shape, std::int64_t min) {
  return fmt::format("Member must have {} greater than or equal to {}",
                     is_number(shape.kind) ? "value" : "length", min);
}
std::string demand_of_pattern(const Pattern& pattern) {
  return fmt::format("Member must satisfy regular expression pattern: {}", pattern.text);
}

// IAM looks at the characters of names, paths and documents itself, after everything else, and has
// its own words (seen in many public reports). `*` of STS's patterns tells names from IAM's.
std::string_view own_words(const Shape& shape) {
  const std::string_view pattern = shape.constraints->pattern->text;
  if (shape.name == "policyDocumentType" || shape.name == "passwordType" ||
      shape.name == "markerType") {
    return "It must contain only printable ASCII characters.";
  }
  if (pattern == R"([\w+=,.@-]+)") {
    return "It must contain only alphanumeric characters and/or the following: +=,.@_-";
  }
  if (pattern == R"((\u002F)|(\u002F[\u0021-\u007F]+\u002F))" ||
      pattern == R"(((/[A-Za-z0-9\.,\+@=_-]+)*)/)") {
    return "It must begin and end with / and contain only alphanumeric characters and/or / "
           "characters.";
  }
  if (pattern == R"(\u002F[\u0021-\u007F]*)") {
    return "It must begin with the / character and contain only alphanumeric characters and/or / "
           "characters.";
  }
  return {};
}

std::string demand_of_values(std::span<const std::string_view> values) {
  return fmt::format("Member must satisfy enum value set: [{}]", joined(values));
}

bool in_bounds(const Shape& shape, const void* value) {
  const auto& c = *shape.constraints;
  if (c.min == INT64_MIN && c.max == INT64_MAX) return true;
  const auto size = measure(shape, value);
  return size >= c.min && size <= c.max;
}

bool is_one_of(std::span<const std::string_view> values, std::string_view text) {
  for (auto value : values) {
    if (value == text) return true;
  }
  return false;
}

bool satisfies(const Shape& shape, const void* value) {
  const auto& c = *shape.constraints;
  if (!in_bounds(shape, value)) return false;
  if (shape.kind != Kind::string) return true;
  const auto& text = *static_cast<const std::string*>(value);
  if (c.pattern && !matches(*c.pattern, text)) return false;
  return c.values.empty() || is_one_of(c.values, text);
}

// For elements of a list AWS names every demand, met or not, in this order.
std::string all_demands(const Shape& shape) {
  const auto& c = *shape.constraints;
  std::string text;
  const auto add = [&](std::string demand) {
    if (!text.empty()) text += ", ";
    text += demand;
  };
  if (c.max != INT64_MAX) add(demand_of_max(shape, c.max));
  if (c.min != INT64_MIN) add(demand_of_min(shape, c.min));
  if (c.pattern) add(demand_of_pattern(*c.pattern));
  if (!c.values.empty()) add(demand_of_values(c.values));
  return fmt::format("Member must satisfy constraint: [{}]", text);
}

bool is_scalar(const Shape& shape) {
  return shape.kind != Kind::structure && shape.kind != Kind::list && shape.kind != Kind::map;
}

}  // namespace

std::string Path::text() const {
  std::string before = up ? up->text() : std::string();
  if (!before.empty()) before += '.';
  return before + (name.empty() ? fmt::format("{}.member", index) : small_first(name));
}

std::string shown(const Shape& shape, const void* value) {
  switch (shape.kind) {
    case Kind::boolean:
      return *static_cast<const bool*>(value) ? "true" : "false";
    case Kind::integer:
      return std::to_string(*static_cast<const std::int32_t*>(value));
    case Kind::long_:
      return std::to_string(*static_cast<const std::int64_t*>(value));
    case Kind::floating:
      return fmt::format("{}", *static_cast<const float*>(value));
    case Kind::double_:
      return fmt::format("{}", *static_cast<const double*>(value));
    case Kind::string:
      return *static_cast<const std::string*>(value);
    case Kind::blob:
      return base64_encode(*static_cast<const std::string*>(value));
    case Kind::timestamp:
      return format_iso8601(*static_cast<const Instant*>(value));
    case Kind::list: {
      std::string text = "[";
      const auto* item = static_cast<const std::byte*>(shape.list->data(value));
      for (std::size_t i = 0; i < shape.list->size(value); ++i, item += shape.list->stride) {
        if (i > 0) text += ", ";
        text += shown(*shape.element, item);
      }
      return text + "]";
    }
    case Kind::map: {
      std::string text;
      struct Context {
        std::string& text;
        const Shape& shape;
      } context{text, shape};
      shape.map->each(value, &context, [](void* c, const std::string& key, const void* item) {
        auto& [out, map] = *static_cast<Context*>(c);
        if (!out.empty()) out += ", ";
        out += key + "=" + shown(*map.element, item);
      });
      return "{" + text + "}";
    }
    case Kind::structure: {
      std::string text(shape.name);
      text += '(';
      bool first = true;
      for (const auto& member : shape.members) {
        const void* field = member.get(value);
        if (!field) continue;
        if (!first) text += ", ";
        first = false;
        text += small_first(member.name) + "=";
        text += member.shape->sensitive ? "***" : shown(*member.shape, field);
      }
      return text + ")";
    }
  }
  return {};
}

void Checks::fail(const Shape* shape, const void* value, const Path& path,
                  std::string_view demand) {
  std::string subject = "Value";
  if (!shape) {
    subject += " null";
  } else if (!shape->sensitive) {
    subject += fmt::format(" '{}'", shown(*shape, value));
  }
  failures_.push_back(
      fmt::format("{} at '{}' failed to satisfy constraint: {}", subject, path.text(), demand));
}

void Checks::missing(const Path& path, const Member& member) {
  if (!dialect_) return;
  switch (*dialect_) {
    case Dialect::query:
    case Dialect::query_json:
    case Dialect::json:
    case Dialect::rest_json:
      return fail(nullptr, nullptr, path, "Member must not be null");
    case Dialect::ec2:
      if (!first_) {
        first_ = ApiError::make(
            400, "MissingParameter",
            fmt::format("The request must contain the parameter {}", member.query_name));
      }
      return;
    case Dialect::s3:
      if (first_) return;
      if (member.location == Location::header) {
        first_ = ApiError::make(
            400, "InvalidRequest",
            fmt::format("Missing required header for this request: {}", member.bound_name));
      } else if (member.location == Location::query) {
        first_ = ApiError::make(400, "InvalidArgument",
                                fmt::format("Missing required parameter {}", member.bound_name));
      } else if (member.location == Location::payload) {
        first_ = ApiError::make(400, "MissingRequestBodyError", "Request Body is empty");
      } else {
        first_ = ApiError::make(400, "MalformedXML",
                                "The XML you provided was not well-formed or did not validate "
                                "against our published schema");
      }
  }
}

void Checks::value(const Shape& shape, const void* value, const Path& path) {
  if (shape.kind == Kind::list && is_scalar(*shape.element) && shape.element->constraints) {
    const auto* item = static_cast<const std::byte*>(shape.list->data(value));
    for (std::size_t i = 0; i < shape.list->size(value); ++i, item += shape.list->stride) {
      if (satisfies(*shape.element, item)) continue;
      fail(&shape, value, path, all_demands(*shape.element));
      break;
    }
  }
  if (!shape.constraints) return;
  const auto& c = *shape.constraints;
  if (shape.kind == Kind::string) {
    const auto& text = *static_cast<const std::string*>(value);
    if (c.pattern && !matches(*c.pattern, text)) {
      const auto words = dialect_ == Dialect::query ? own_words(shape) : std::string_view();
      if (!words.empty()) {
        if (later_.empty()) {
          later_ = fmt::format("The specified value for {} is invalid. {}", path.text(), words);
        }
      } else {
        fail(&shape, value, path, demand_of_pattern(*c.pattern));
      }
    }
    if (!c.values.empty() && !is_one_of(c.values, text)) {
      fail(&shape, value, path, demand_of_values(c.values));
    }
  }
  if (in_bounds(shape, value)) return;
  const auto size = measure(shape, value);
  if (size > c.max) fail(&shape, value, path, demand_of_max(shape, c.max));
  if (size < c.min) fail(&shape, value, path, demand_of_min(shape, c.min));
}

std::optional<ApiError> Checks::error() const {
  if (first_) return first_;
  if (failures_.empty() && later_.empty()) return std::nullopt;
  if (failures_.empty()) return ApiError::validation(later_);
  std::string message = fmt::format("{} validation error{} detected: ", failures_.size(),
                                    failures_.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < failures_.size(); ++i) {
    if (i > 0) message += "; ";
    message += failures_[i];
  }
  return ApiError::make(400, dialect_ == Dialect::query ? "ValidationError" : "ValidationException",
                        std::move(message));
}

}  // namespace rolecall::wire
