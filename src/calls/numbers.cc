#include "calls/numbers.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/encoding.h"
#include "client/failure.h"

namespace rolecall::calls {
namespace {

std::string_view without_sign(std::string_view text) {
  text = trim(text);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  return text;
}

}  // namespace

Result<json::Value> integer_of(std::string_view text) {
  const std::string_view digits = without_sign(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    return client::general_failure("invalid literal for int() with base 10: " + python_repr(text));
  }
  return json::Value::integer(value);
}

Result<json::Value> real_of(std::string_view text) {
  const std::string_view digits = without_sign(text);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || !std::isfinite(value)) {
    return client::general_failure("could not convert string to float: " + python_repr(text));
  }
  std::string written = fmt::format("{}", value);
  if (written.find_first_of(".e") == written.npos) written += ".0";
  return json::Value::number(std::move(written));
}

bool is_integer(const json::Value& number) {
  return number.is_number() && number.text().find_first_of(".eE") == std::string::npos;
}

std::string python_repr(std::string_view text) {
  const char mark = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
  std::string out(1, mark);
  for (const char c : text) {
    if (c == mark || c == '\\') {
      out.append("\\").append(1, c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + mark;
}

std::string python_repr(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::null:
      return "None";
    case json::Kind::boolean:
      return value.as_bool() ? "True" : "False";
    case json::Kind::number:
      return value.text();
    case json::Kind::string:
      return python_repr(value.text());
    case json::Kind::array: {
      std::string out = "[";
      for (const auto& item : value.items()) {
        if (out.size() > 1) out += ", ";
        out += python_repr(item);
      }
      return out + "]";
    }
    case json::Kind::object:
      break;
  }
  std::string out = "{";
  for (const auto& member : value.members()) {
    if (out.size() > 1) out += ", ";
    out += python_repr(member.name) + ": " + python_repr(member.value);
  }
  return out + "}";
}

std::string python_str(const json::Value& value) {
  return value.is_string() ? value.text() : python_repr(value);
}

std::string_view python_type(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::null:
      return "<class 'NoneType'>";
    case json::Kind::boolean:
      return "<class 'bool'>";
    case json::Kind::number:
      return is_integer(value) ? "<class 'int'>" : "<class 'float'>";
    case json::Kind::string:
      return "<class 'str'>";
    case json::Kind::array:
      return "<class 'list'>";
    case json::Kind::object:
      break;
  }
  return "<class 'dict'>";
}

}  // namespace rolecall::calls
