#include "base/python_text.h"

#include <charconv>
#include <cmath>
#include <cstdint>

#include "base/encoding.h"

namespace rolecall {

namespace {

constexpr char kHex[] = "0123456789abcdef";

void append_hex(std::string& out, char32_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
    out.push_back(kHex[(value >> shift) & 15]);
  }
}

// str.isprintable() is false for Unicode's classes Other and Separator (but the blank). These are
// the ranges of them that text meets; the unassigned ones are not listed.
bool is_printable(char32_t c) {
  struct Range {
    char32_t first, last;
  };
  static constexpr Range kOdd[] = {
      {0x00, 0x1F},     {0x7F, 0xA0},     {0xAD, 0xAD},       {0x600, 0x605},   {0x61C, 0x61C},
      {0x6DD, 0x6DD},   {0x70F, 0x70F},   {0x1680, 0x1680},   {0x180E, 0x180E}, {0x2000, 0x200F},
      {0x2028, 0x202F}, {0x205F, 0x206F}, {0x3000, 0x3000},   {0xD800, 0xF8FF}, {0xFEFF, 0xFEFF},
      {0xFFF0, 0xFFFB}, {0xFFFE, 0xFFFF}, {0xE0000, 0x10FFFF}};
  for (const Range& range : kOdd) {
    if (c >= range.first && c <= range.last) return c >= 0xE0100 && c <= 0xE01EF;
  }
  return true;
}

void append_escaped_ascii(std::string& out, std::string_view text) {
  out.push_back('"');
  for (std::size_t at = 0; at < text.size();) {
    const auto code = next_utf8(text, at);
    if (!code) ++at;
    const char32_t c = code.value_or(0xFFFD);
    static constexpr std::string_view kMeanings = "\"\\\b\f\n\r\t", kNames = "\"\\bfnrt";
    if (const std::size_t i = c < 0x80 ? kMeanings.find(static_cast<char>(c)) : kMeanings.npos;
        i != kMeanings.npos) {
      out.push_back('\\');
      out.push_back(kNames[i]);
    } else if (c >= 0x20 && c < 0x7F) {
      out.push_back(static_cast<char>(c));
    } else if (c < 0x10000) {
      out.append("\\u");
      append_hex(out, c, 4);
    } else {
      out.append("\\u");
      append_hex(out, 0xD800 + ((c - 0x10000) >> 10), 4);
      out.append("\\u");
      append_hex(out, 0xDC00 + ((c - 0x10000) & 0x3FF), 4);
    }
  }
  out.push_back('"');
}

void append_compact(std::string& out, const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::null:
      out.append("null");
      return;
    case json::Kind::boolean:
      out.append(value.text());
      return;
    case json::Kind::number:
      out.append(python_number(value.text()));
      return;
    case json::Kind::string:
      append_escaped_ascii(out, value.text());
      return;
    case json::Kind::array: {
      char before = '[';
      for (const json::Value& item : value.items()) {
        out.push_back(before);
        before = ',';
        append_compact(out, item);
      }
      out.append(before == '[' ? "[]" : "]");
      return;
    }
    case json::Kind::object: {
      char before = '{';
      for (const json::Member& member : value.members()) {
        out.push_back(before);
        before = ',';
        append_escaped_ascii(out, member.name);
        out.push_back(':');
        append_compact(out, member.value);
      }
      out.append(before == '{' ? "{}" : "}");
      return;
    }
  }
}

void append_repr(std::string& out, const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::null:
      out.append("None");
      return;
    case json::Kind::boolean:
      out.append(value.as_bool() ? "True" : "False");
      return;
    case json::Kind::number:
      out.append(python_number(value.text()));
      return;
    case json::Kind::string:
      append_python_repr(out, value.text());
      return;
    case json::Kind::array: {
      out.push_back('[');
      bool first = true;
      for (const json::Value& item : value.items()) {
        if (!first) out.append(", ");
        first = false;
        append_repr(out, item);
      }
      out.push_back(']');
      return;
    }
    case json::Kind::object: {
      out.push_back('{');
      bool first = true;
      for (const json::Member& member : value.members()) {
        if (!first) out.append(", ");
        first = false;
        append_python_repr(out, member.name);
        out.append(": ");
        append_repr(out, member.value);
      }
      out.push_back('}');
      return;
    }
  }
}

}  // namespace

std::string python_float(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[40];
  const auto [end, code] =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t e = text.find('e');
  int exponent = 0;
  const char* digits_of_exponent = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
  std::from_chars(digits_of_exponent, end, exponent);
  std::string_view mantissa = text.substr(0, e);
  std::string out;
  if (mantissa.front() == '-') {
    out.push_back('-');
    mantissa.remove_prefix(1);
  }
  if (exponent < -4 || exponent >= 16) {
    out.append(mantissa).append(exponent < 0 ? "e-" : "e+");
    const std::string size = std::to_string(std::abs(exponent));
    if (size.size() < 2) out.push_back('0');
    return out + size;
  }
  std::string digits(mantissa.substr(0, 1));
  if (mantissa.size() > 2) digits.append(mantissa.substr(2));
  if (exponent < 0) {
    out.append("0.").append(static_cast<std::size_t>(-exponent - 1), '0');
    return out + digits;
  }
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) {
    digits.append(whole - digits.size(), '0');
    return out + digits + ".0";
  }
  return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

std::string python_number(std::string_view text) {
  if (text.find_first_of(".eE") == text.npos) return std::string(text == "-0" ? "0" : text);
  double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  // Beyond what a double holds, the text says more than "inf" would, and stays JSON.
  if (code != std::errc{}) return std::string(text);
  return python_float(value);
}

std::string python_str(const json::Value& value) {
  return value.is_string() ? value.text() : python_repr(value);
}

std::string python_repr(const json::Value& value) {
  std::string out;
  append_repr(out, value);
  return out;
}

void append_python_repr(std::string& out, std::string_view text) {
  const char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
  out.push_back(quote);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t from = at;
    const auto code = next_utf8(text, at);
    if (!code) ++at;
    const char32_t c = code.value_or(0xFFFD);
    if (c == static_cast<unsigned char>(quote) || c == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(c));
    } else if (c == '\n') {
      out.append("\\n");
    } else if (c == '\r') {
      out.append("\\r");
    } else if (c == '\t') {
      out.append("\\t");
    } else if (!code) {
      append_utf8(out, c);
    } else if (is_printable(c)) {
      out.append(text.substr(from, at - from));
    } else if (c < 0x100) {
      out.append("\\x");
      append_hex(out, c, 2);
    } else if (c < 0x10000) {
      out.append("\\u");
      append_hex(out, c, 4);
    } else {
      out.append("\\U");
      append_hex(out, c, 8);
    }
  }
  out.push_back(quote);
}

std::string_view python_type(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::null:
      return "NoneType";
    case json::Kind::boolean:
      return "bool";
    case json::Kind::number:
      return value.text().find_first_of(".eE") == std::string::npos ? "int" : "float";
    case json::Kind::string:
      return "str";
    case json::Kind::array:
      return "list";
    case json::Kind::object:
      return "dict";
  }
  return "object";
}

std::string python_compact_json(const json::Value& value) {
  std::string out;
  append_compact(out, value);
  return out;
}

}  // namespace rolecall
