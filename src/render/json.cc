#include "render/json.h"

#include "base/encoding.h"
#include "base/python_text.h"

namespace rolecall::render {

namespace {

void append_quoted(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  static constexpr std::string_view kMeanings = "\"\\\b\f\n\r\t", kNames = "\"\\bfnrt";
  out.push_back('"');
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      const std::size_t from = at;
      if (next_utf8(text, at)) {
        out.append(text.substr(from, at - from));
      } else {
        out.append("\xEF\xBF\xBD");
        ++at;
      }
      continue;
    }
    ++at;
    if (const std::size_t i = kMeanings.find(c); i != kMeanings.npos) {
      out.push_back('\\');
      out.push_back(kNames[i]);
    } else if (byte < 0x20) {
      out.append("\\u00");
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

void append_value(std::string& out, const json::Value& value, std::size_t level) {
  const auto line = [&out](std::size_t to) { out.append("\n").append(to * 4, ' '); };
  if (value.is_array() && !value.items().empty()) {
    char before = '[';
    for (const json::Value& item : value.items()) {
      out.push_back(before);
      before = ',';
      line(level + 1);
      append_value(out, item, level + 1);
    }
    line(level);
    out.push_back(']');
  } else if (value.is_object() && !value.members().empty()) {
    char before = '{';
    for (const json::Member& member : value.members()) {
      out.push_back(before);
      before = ',';
      line(level + 1);
      append_quoted(out, member.name);
      out.append(": ");
      append_value(out, member.value, level + 1);
    }
    line(level);
    out.push_back('}');
  } else {
    append_json_scalar(out, value);
  }
}

}  // namespace

void append_json_scalar(std::string& out, const json::Value& scalar) {
  switch (scalar.kind()) {
    case json::Kind::null:
      out.append("null");
      return;
    case json::Kind::boolean:
      out.append(scalar.text());
      return;
    case json::Kind::number:
      out.append(python_number(scalar.text()));
      return;
    case json::Kind::string:
      append_quoted(out, scalar.text());
      return;
    case json::Kind::array:
      out.append("[]");
      return;
    case json::Kind::object:
      out.append("{}");
      return;
  }
}

void append_json(std::string& out, const json::Value& answer) {
  if (answer.is_object() && answer.members().empty()) return;
  append_value(out, answer, 0);
  out.push_back('\n');
}

}  // namespace rolecall::render
