// The rules of libyaml's emitter, which decide between plain, single and double quotes and where a
// long text is broken: at a blank beyond column 80.
#include "render/yaml.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/python_text.h"
#include "render/json.h"
#include "render/text.h"

namespace rolecall::render {

namespace {

constexpr std::size_t kWidth = 80;
constexpr std::size_t kSimpleKeyBytesMax = 128;
constexpr std::string_view kBreaks[] = {"\n", "\r", "\u0085", "\u2028", "\u2029"};

enum class Style : std::uint8_t { plain, single_quoted, double_quoted };
enum class Breaking : std::uint8_t { allowed, forbidden };  // a key stays on its line

bool is_break(char32_t c) {
  return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}
bool is_blank_or_end(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] == ' ' || text[at] == '\t') return true;
  const std::string_view rest = text.substr(at);
  return rest[0] == '\0' || std::any_of(std::begin(kBreaks), std::end(kBreaks),
                                        [rest](std::string_view b) { return rest.starts_with(b); });
}
bool is_printable(char32_t c) {
  return c == '\n' || (c >= 0x20 && c <= 0x7E) || (c >= 0xA0 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD && c != 0xFEFF);
}

struct Scalar {
  Style style = Style::plain;
  bool is_multiline = false;
};

// What a text allows, by its characters alone and where blanks and line breaks meet.
Scalar analyze(std::string_view text) {
  bool indicators = text.starts_with("---") || text.starts_with("...");
  bool special = false, multiline = false, blank_at_break = false, blank_outside = false;
  bool after_blank = true;
  enum class Last : std::uint8_t { other, space, line_break } last = Last::other;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const auto decoded = next_utf8(text, at);
    if (!decoded) ++at;
    const char32_t c = decoded.value_or(0xFFFD);
    const bool before_blank = is_blank_or_end(text, at);
    if (begin == 0) {
      if (c < 0x80 && std::string_view("#,[]{}&*!|>'\"%@`").find(static_cast<char>(c)) !=
                          std::string_view::npos) {
        indicators = true;
      }
      if ((c == '-' || c == '?' || c == ':') && before_blank) indicators = true;
    } else if ((c == ':' && before_blank) || (c == '#' && after_blank)) {
      indicators = true;
    }
    if (!is_printable(c)) special = true;
    const bool is_end = begin == 0 || at == text.size();
    if (c == ' ') {
      if (is_end) blank_outside = true;
      if (last == Last::line_break) special = true;  // only double quotes keep these
      last = Last::space;
    } else if (is_break(c)) {
      multiline = true;
      if (is_end) blank_outside = true;
      if (last == Last::space) blank_at_break = true;
      last = Last::line_break;
    } else {
      last = Last::other;
    }
    after_blank = is_blank_or_end(text, begin);
  }
  Scalar out;
  out.is_multiline = multiline;
  if (special || blank_at_break) {
    out.style = Style::double_quoted;
  } else if (indicators || multiline || blank_outside || is_yaml_other(text)) {
    out.style = Style::single_quoted;
  }
  return out;
}

class Emitter {
 public:
  explicit Emitter(std::string& out) : out_(out), line_(out.size()) {}

  // A list or object at an indent, its first line begun or not.
  void collection(const json::Value& value, std::size_t indent) {
    if (value.is_array()) {
      list(value, indent);
    } else {
      object(value, indent);
    }
  }

 private:
  static bool is_block(const json::Value& value) {
    return (value.is_array() && !value.items().empty()) ||
           (value.is_object() && !value.members().empty());
  }

  void put(std::string_view text) {
    out_.append(text);
    for (const char c : text) column_ += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }
  // To the place of an entry: on a new line, unless a dash has just been written before it.
  void begin_entry(std::size_t indent) {
    if (!at_entry_) new_line(indent);
    at_entry_ = false;
  }
  void new_line(std::size_t indent) {
    if (out_.size() != line_) out_.push_back('\n');
    out_.append(indent, ' ');
    column_ = indent;
  }
  void indicator(std::string_view text) {
    put(text);
    at_entry_ = true;
  }

  void list(const json::Value& value, std::size_t indent) {
    for (const json::Value& item : value.items()) {
      begin_entry(indent);
      entry_value("-", item, indent);
    }
  }

  void object(const json::Value& value, std::size_t indent) {
    for (const json::Member* member : sorted_members(value)) {
      begin_entry(indent);
      const Scalar key = analyze(member->name);
      if (member->name.size() > kSimpleKeyBytesMax || key.is_multiline) {
        put("? ");
        text(member->name, key.style, indent + 2, Breaking::allowed);
        new_line(indent);
        entry_value(":", member->value, indent);
        continue;
      }
      text(member->name, key.style, indent + 2, Breaking::forbidden);
      put(":");
      if (!is_block(member->value)) {
        put(" ");
        scalar(member->value, indent + 2);
      } else {
        // The dashes of a list stand below the name it has.
        collection(member->value, member->value.is_array() ? indent : indent + 2);
      }
    }
  }

  // What follows an indicator on the same line.
  void entry_value(std::string_view mark, const json::Value& value, std::size_t indent) {
    put(mark);
    if (is_block(value)) {
      indicator(" ");
      collection(value, indent + 2);
    } else {
      put(" ");
      scalar(value, indent + 2);
    }
  }

  void scalar(const json::Value& value, std::size_t indent) {
    if (value.is_string()) {
      text(value.text(), analyze(value.text()).style, indent, Breaking::allowed);
    } else if (value.is_number()) {
      put(ascii_lower(python_number(value.text())));
    } else {
      std::string word;
      append_json_scalar(word, value);
      put(word);
    }
  }

  void text(std::string_view text, Style style, std::size_t indent, Breaking breaking) {
    switch (style) {
      case Style::plain:
        return folded(text, indent, breaking, false);
      case Style::single_quoted:
        put("'");
        folded(text, indent, breaking, true);
        return put("'");
      case Style::double_quoted:
        put("\"");
        escaped(text, indent, breaking);
        return put("\"");
    }
  }

  // Plain, or what stands between single quotes. A line break is written twice: one alone reads as
  // a blank.
  void folded(std::string_view text, std::size_t indent, Breaking breaking, bool quoted) {
    bool after_space = false, after_break = false;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t begin = at;
      const auto decoded = next_utf8(text, at);
      if (!decoded) ++at;
      if (text[begin] == ' ') {
        const bool is_inside = !quoted || (begin > 0 && at < text.size());
        if (breaking == Breaking::allowed && !after_space && column_ > kWidth && is_inside &&
            !text.substr(at).starts_with(' ')) {
          new_line(indent);
        } else {
          put(" ");
        }
        after_space = true;
      } else if (decoded && is_break(*decoded)) {
        if (!after_break && *decoded == '\n') line_break("\n");
        line_break(text.substr(begin, at - begin));
        after_break = true;
      } else {
        if (after_break) after_breaks(indent);
        if (quoted && text[begin] == '\'') put("'");
        put(decoded ? text.substr(begin, at - begin) : "\xEF\xBF\xBD");
        after_space = after_break = false;
      }
    }
    if (after_break) after_breaks(indent);
  }
  void line_break(std::string_view text) {
    out_.append(text);
    column_ = 0;
  }
  void after_breaks(std::size_t indent) {
    out_.append(indent, ' ');
    column_ = indent;
  }

  void escaped(std::string_view text, std::size_t indent, Breaking breaking) {
    bool after_space = false;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t begin = at;
      const auto decoded = next_utf8(text, at);
      if (!decoded) ++at;
      const char32_t c = decoded.value_or(0xFFFD);
      if (c == ' ') {
        if (breaking == Breaking::allowed && !after_space && column_ > kWidth && begin > 0 &&
            at < text.size()) {
          new_line(indent);
          if (text.substr(at).starts_with(' ')) put("\\");
        } else {
          put(" ");
        }
        after_space = true;
        continue;
      }
      after_space = false;
      if (is_printable(c) && !is_break(c) && c != '"' && c != '\\') {
        put(decoded ? text.substr(begin, at - begin) : "\xEF\xBF\xBD");
      } else {
        escape(c);
      }
    }
  }

  void escape(char32_t c) {
    static constexpr std::string_view kMeanings("\0\a\b\t\n\v\f\r\x1b\"\\", 11);
    static constexpr std::string_view kNames = "0abtnvfre\"\\";
    put("\\");
    if (const std::size_t i = c < 0x80 ? kMeanings.find(static_cast<char>(c)) : kMeanings.npos;
        i != kMeanings.npos) {
      return put(kNames.substr(i, 1));
    }
    if (c == 0x85) return put("N");
    if (c == 0xA0) return put("_");
    if (c == 0x2028) return put("L");
    if (c == 0x2029) return put("P");
    static constexpr std::string_view kHex = "0123456789ABCDEF";
    const int digits = c <= 0xFF ? 2 : c <= 0xFFFF ? 4 : 8;
    put(digits == 2 ? "x" : digits == 4 ? "u" : "U");
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
      put(kHex.substr((c >> shift) & 15, 1));
  }

  std::string& out_;
  std::size_t line_;  // where the document begins
  std::size_t column_ = 0;
  bool at_entry_ = false;
};

}  // namespace

void append_yaml(std::string& out, const json::Value& answer) {
  if (answer.is_object() && answer.members().empty()) return;
  if (is_scalar(answer) || (answer.is_array() && answer.items().empty())) {
    append_json_scalar(out, answer);
  } else {
    Emitter(out).collection(answer, 0);
  }
  out.push_back('\n');
}

void append_yaml_item(std::string& out, const json::Value& answer) {
  if (answer.is_object() && answer.members().empty()) return;
  Emitter(out).collection(json::Value::array({answer}), 0);
  out.push_back('\n');
}

}  // namespace rolecall::render
