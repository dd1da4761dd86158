#include "calls/validate.h"

#include <fmt/format.h>

#include <algorithm>

#include "calls/bind.h"
#include "calls/numbers.h"
#include "client/failure.h"

namespace rolecall::calls {
namespace {

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

class Validator {
 public:
  explicit Validator(const wire::Operation& operation) : operation_(operation) {}

  void structure(const json::Value& value, const wire::Shape& shape, const std::string& name) {
    if (!value.is_object()) return wrong_type(value, name, "<class 'dict'>");
    for (const wire::Member& member : shape.members) {
      if (member.required && value.find(member.name) == nullptr) {
        report(fmt::format("Missing required parameter in {}: \"{}\"", shown(name), member.name));
      }
    }
    for (const json::Member& given : value.members()) {
      if (!is_known(shape, given.name)) unknown(shape, given.name, name);
    }
    for (const json::Member& given : value.members()) {
      for (const wire::Member& member : shape.members) {
        if (member.name == given.name) check(given.value, *member.shape, name + "." + given.name);
      }
    }
  }

  const std::string& report() const { return report_; }

 private:
  void check(const json::Value& value, const wire::Shape& shape, const std::string& name) {
    switch (shape.kind) {
      case wire::Kind::structure:
        return structure(value, shape, name);
      case wire::Kind::list:
        return list(value, shape, name);
      case wire::Kind::map:
        return map(value, shape, name);
      case wire::Kind::string:
        if (!value.is_string()) return wrong_type(value, name, "<class 'str'>");
        return length(shape, characters(value.text()), name);
      case wire::Kind::blob:
        if (value.is_string()) return;
        return wrong_type(value, name, "<class 'bytes'>, <class 'bytearray'>, file-like object");
      case wire::Kind::boolean:
        if (!value.is_bool()) wrong_type(value, name, "<class 'bool'>");
        return;
      case wire::Kind::integer:
      case wire::Kind::long_:
        // In Python a bool is an int.
        if (value.is_bool()) return;
        if (!is_integer(value)) return wrong_type(value, name, "<class 'int'>");
        return range(value, shape, name);
      case wire::Kind::floating:
      case wire::Kind::double_:
        if (value.is_bool()) return;
        if (!value.is_number()) {
          return wrong_type(value, name,
                            "<class 'float'>, <class 'decimal.Decimal'>, <class 'int'>");
        }
        return range(value, shape, name);
      case wire::Kind::timestamp:
        if (!timestamp_of(value)) {
          wrong_type(value, name, "<class 'datetime.datetime'>, timestamp-string");
        }
    }
  }

  void list(const json::Value& value, const wire::Shape& shape, const std::string& name) {
    if (!value.is_array()) return wrong_type(value, name, "<class 'list'>, <class 'tuple'>");
    length(shape, value.items().size(), name);
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      check(value.items()[i], *shape.element, fmt::format("{}[{}]", name, i));
    }
  }

  void map(const json::Value& value, const wire::Shape& shape, const std::string& name) {
    if (!value.is_object()) return wrong_type(value, name, "<class 'dict'>");
    for (const json::Member& given : value.members()) {
      check(json::Value::string(given.name), *shape.key,
            fmt::format("{} (key: {})", name, given.name));
      check(given.value, *shape.element, name + "." + given.name);
    }
  }

  void length(const wire::Shape& shape, std::size_t size, const std::string& name) {
    if (shape.constraints == nullptr || static_cast<std::int64_t>(size) >= shape.constraints->min) {
      return;
    }
    report(fmt::format("Invalid length for parameter {}, value: {}, valid min length: {}",
                       shown(name), size, shape.constraints->min));
  }

  void range(const json::Value& value, const wire::Shape& shape, const std::string& name) {
    if (shape.constraints == nullptr || shape.constraints->min == INT64_MIN) return;
    if (value.as_double().value_or(0) >= static_cast<double>(shape.constraints->min)) return;
    report(fmt::format("Invalid value for parameter {}, value: {}, valid min value: {}",
                       shown(name), python_str(value), shape.constraints->min));
  }

  void wrong_type(const json::Value& value, const std::string& name, std::string_view types) {
    report(fmt::format("Invalid type for parameter {}, value: {}, type: {}, valid types: {}",
                       shown(name), python_str(value), python_type(value), types));
  }

  bool is_input(const wire::Shape& shape) const { return &shape == operation_.input; }

  bool is_known(const wire::Shape& shape, std::string_view name) const {
    if (is_input(shape) && !name.empty() && name == operation_.body_member) return true;
    return std::ranges::any_of(shape.members,
                               [&](const wire::Member& member) { return member.name == name; });
  }

  void unknown(const wire::Shape& shape, std::string_view given, const std::string& name) {
    std::string valid;
    const auto add = [&](std::string_view member) {
      if (!valid.empty()) valid += ", ";
      valid += member;
    };
    const bool body = is_input(shape) && !operation_.body_member.empty();
    for (std::size_t i = 0; i <= shape.members.size(); ++i) {
      if (body && i == operation_.body_member_at) add(operation_.body_member);
      if (i < shape.members.size()) add(shape.members[i].name);
    }
    report(fmt::format("Unknown parameter in {}: \"{}\", must be one of: {}", shown(name), given,
                       valid));
  }

  static std::string shown(const std::string& name) {
    if (name.empty()) return "input";
    return name.starts_with('.') ? name.substr(1) : name;
  }

  void report(std::string line) {
    if (!report_.empty()) report_ += "\n";
    report_ += line;
  }

  const wire::Operation& operation_;
  std::string report_;
};

}  // namespace

ApiError validation_failure(const std::string& report) {
  return client::usage_failure("Parameter validation failed:\n" + report);
}

Status validate(const wire::Operation& operation, const json::Value& parameters) {
  Validator validator(operation);
  validator.structure(parameters, *operation.input, "");
  if (!validator.report().empty()) return validation_failure(validator.report());
  return {};
}

}  // namespace rolecall::calls
