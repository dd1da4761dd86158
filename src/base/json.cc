// A strict reader of our own rather than a library: what the linter tells people needs the position
// of every value and a message for each typical slip (curly quotes, comments, trailing commas).
#include "base/json.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstring>

#include "base/encoding.h"
#include "base/shown.h"

namespace rolecall::json {

class Parser {
 public:
  Parser(std::string_view text, ParseOptions options) : text_(text), options_(options) {}

  std::expected<Value, ParseError> run() {
    if (text_.starts_with("\xEF\xBB\xBF")) return fail("a byte order mark before the document");
    skip_blank();
    Value out;
    if (!value(out, 1)) return std::unexpected(error_);
    skip_blank();
    if (at_ != text_.size()) {
      fail(describe_unexpected("the end of the document"));
      return std::unexpected(error_);
    }
    return out;
  }

 private:
  std::unexpected<ParseError> fail(std::string message) {
    if (error_.message.empty()) error_ = {position(), std::move(message)};
    return std::unexpected(error_);
  }
  bool stop(std::string message) {
    fail(std::move(message));
    return false;
  }

  Position position() const { return {line_, static_cast<std::uint32_t>(at_ - line_start_ + 1)}; }

  // Names what stands here, with the advice that the usual mistakes deserve.
  std::string describe_unexpected(std::string_view wanted) const {
    const std::string_view rest = text_.substr(at_);
    if (rest.empty()) return "the document ends where " + std::string(wanted) + " should be";
    for (const std::string_view quote : {"\u201C", "\u201D", "\u2018", "\u2019"}) {
      if (rest.starts_with(quote)) return "a curly quote; JSON strings take straight quotes (\")";
    }
    if (rest.starts_with("#") || rest.starts_with("//") || rest.starts_with("/*")) {
      return "a comment; JSON has none";
    }
    if (rest[0] == '\'') return "a single quote; JSON strings take double quotes (\")";
    if (rest.starts_with("\u2013") || rest.starts_with("\u2014"))
      return "a dash where a hyphen was meant";
    if (rest.starts_with("\u00A0")) return "a no-break space; JSON takes plain ones";
    if (rest.starts_with("\uFEFF")) return "a byte order mark; save the file without it";
    std::size_t end = at_;
    std::string shown = "`";
    if (next_utf8(text_, end)) {
      shown += text_.substr(at_, end - at_);
    } else {
      shown += "a byte that is not UTF-8";
    }
    return "expected " + std::string(wanted) + ", found " + shown + "`";
  }

  void skip_blank() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
      ++at_;
    }
  }

  bool value(Value& out, int depth) {
    if (depth > options_.depth_max) return stop("nested too deeply");
    out.position_ = position();
    if (at_ == text_.size()) return stop(describe_unexpected("a value"));
    switch (text_[at_]) {
      case '{':
        return object(out, depth);
      case '[':
        return array(out, depth);
      case '"':
        out.kind_ = Kind::string;
        return string(out.text_);
      case 't':
        return word("true", Kind::boolean, out);
      case 'f':
        return word("false", Kind::boolean, out);
      case 'n':
        if (!word("null", Kind::null, out)) return false;
        out.text_.clear();
        return true;
      default:
        return number(out);
    }
  }

  bool word(std::string_view expected, Kind kind, Value& out) {
    if (!text_.substr(at_).starts_with(expected)) return stop(describe_unexpected("a value"));
    at_ += expected.size();
    out.kind_ = kind;
    out.text_ = expected;
    return true;
  }

  bool object(Value& out, int depth) {
    out.kind_ = Kind::object;
    ++at_;
    skip_blank();
    if (take('}')) return true;
    while (true) {
      Member& member = out.members_.emplace_back();
      member.name_position = position();
      if (at_ == text_.size() || text_[at_] != '"') {
        if (at_ < text_.size() && text_[at_] == '}')
          return stop("a trailing comma before `}`; JSON has none");
        return stop(describe_unexpected("a quoted name"));
      }
      if (!string(member.name)) return false;
      skip_blank();
      if (!take(':')) return stop(describe_unexpected("`:`"));
      skip_blank();
      if (!value(member.value, depth + 1)) return false;
      skip_blank();
      if (take('}')) return true;
      if (!take(',')) return stop(describe_unexpected("`,` or `}`"));
      skip_blank();
    }
  }

  bool array(Value& out, int depth) {
    out.kind_ = Kind::array;
    ++at_;
    skip_blank();
    if (take(']')) return true;
    while (true) {
      if (at_ < text_.size() && text_[at_] == ']')
        return stop("a trailing comma before `]`; JSON has none");
      if (!value(out.items_.emplace_back(), depth + 1)) return false;
      skip_blank();
      if (take(']')) return true;
      if (!take(',')) return stop(describe_unexpected("`,` or `]`"));
      skip_blank();
    }
  }

  bool take(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool string(std::string& out) {
    ++at_;
    while (true) {
      const std::size_t begin = at_;
      while (at_ + 8 <= text_.size() && are_plain(text_.data() + at_)) at_ += 8;
      while (at_ < text_.size() && is_plain(text_[at_])) ++at_;
      out.append(text_.substr(begin, at_ - begin));
      if (at_ == text_.size()) return stop("a string without its closing quote");
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c == '\\') {
        if (!escape(out)) return false;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        return stop(c == '\n' || c == '\r' ? "a line break inside a string"
                                           : "a control character inside a string");
      } else {
        const std::size_t from = at_;
        if (!next_utf8(text_, at_)) return stop("bytes that are not UTF-8");
        out.append(text_.substr(from, at_ - from));
      }
    }
  }

  static bool is_plain(char c) {
    return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 &&
           c != '"' && c != '\\';
  }

  // Whether all of eight bytes are plain. Taking a number away from bytes at once borrows from the
  // next one only below one that is not plain, so zero is exact.
  static bool are_plain(const char* bytes) {
    constexpr std::uint64_t kOnes = 0x0101010101010101ull;
    std::uint64_t word;
    std::memcpy(&word, bytes, 8);
    const std::uint64_t control = word - 0x20 * kOnes;
    const std::uint64_t quote = (word ^ '"' * kOnes) - kOnes;
    const std::uint64_t backslash = (word ^ '\\' * kOnes) - kOnes;
    return ((word | control | quote | backslash) & 0x80 * kOnes) == 0;
  }

  bool escape(std::string& out) {
    if (text_.size() - at_ < 2) return stop("a string without its closing quote");
    const char c = text_[at_ + 1];
    static constexpr std::string_view kNames = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    if (const std::size_t i = kNames.find(c); i != kNames.npos) {
      out.push_back(kMeanings[i]);
      at_ += 2;
      return true;
    }
    if (c != 'u') return stop("an unknown escape in a string");
    char32_t unit = 0;
    if (!hex4(at_ + 2, unit)) return stop("`\\u` without four hex digits");
    std::size_t length = 6;
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      char32_t low = 0;
      if (!text_.substr(at_ + 6).starts_with("\\u") || !hex4(at_ + 8, low) || low < 0xDC00 ||
          low > 0xDFFF) {
        return stop("half of a surrogate pair");
      }
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
      length = 12;
    } else if (unit >= 0xDC00 && unit <= 0xDFFF) {
      return stop("half of a surrogate pair");
    }
    append_utf8(out, unit);
    at_ += length;
    return true;
  }

  bool hex4(std::size_t from, char32_t& out) const {
    if (text_.size() < from + 4) return false;
    unsigned value = 0;
    const char* begin = text_.data() + from;
    const auto [end, code] = std::from_chars(begin, begin + 4, value, 16);
    out = value;
    return code == std::errc{} && end == begin + 4;
  }

  bool number(Value& out) {
    const std::size_t begin = at_;
    const auto digits = [&] {
      const std::size_t from = at_;
      while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
      return at_ > from;
    };
    take('-');
    if (take('0')) {
      if (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
        return stop("a number with a leading zero");
      }
    } else if (!digits()) {
      at_ = begin;
      return stop(describe_unexpected("a value"));
    }
    if (take('.') && !digits()) return stop(describe_unexpected("a digit"));
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!digits()) return stop(describe_unexpected("a digit"));
    }
    out.kind_ = Kind::number;
    out.text_ = text_.substr(begin, at_ - begin);
    return true;
  }

  std::string_view text_;
  ParseOptions options_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  ParseError error_;
};

std::expected<Value, ParseError> parse(std::string_view text, ParseOptions options) {
  return Parser(text, options).run();
}

Value Value::boolean(bool value) {
  Value out;
  out.kind_ = Kind::boolean;
  out.text_ = value ? "true" : "false";
  return out;
}
Value Value::number(std::string text) {
  Value out;
  out.kind_ = Kind::number;
  out.text_ = std::move(text);
  return out;
}
Value Value::integer(std::int64_t value) { return number(std::to_string(value)); }
Value Value::string(std::string value) {
  Value out;
  out.kind_ = Kind::string;
  out.text_ = std::move(value);
  return out;
}
Value Value::array(std::vector<Value> items) {
  Value out;
  out.kind_ = Kind::array;
  out.items_ = std::move(items);
  return out;
}
Value Value::object(std::vector<Member> members) {
  Value out;
  out.kind_ = Kind::object;
  out.members_ = std::move(members);
  return out;
}

std::optional<std::int64_t> Value::as_integer() const {
  if (kind_ != Kind::number) return std::nullopt;
  std::int64_t out = 0;
  const auto [end, code] = std::from_chars(text_.data(), text_.data() + text_.size(), out);
  if (code != std::errc{} || end != text_.data() + text_.size()) return std::nullopt;
  return out;
}

std::optional<double> Value::as_double() const {
  if (kind_ != Kind::number) return std::nullopt;
  double out = 0;
  const auto [end, code] = std::from_chars(text_.data(), text_.data() + text_.size(), out);
  if (code != std::errc{} || end != text_.data() + text_.size()) return std::nullopt;
  return out;
}

const Value* Value::find(std::string_view name) const {
  for (const Member& member : members_) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

std::optional<std::string_view> Value::find_text(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return value->text();
}

Value& Value::add(std::string name, Value value) {
  if (kind_ == Kind::null) kind_ = Kind::object;
  RC_ASSERT(kind_ == Kind::object);
  return members_.emplace_back(Member{std::move(name), std::move(value)}).value;
}

void Value::push(Value value) {
  if (kind_ == Kind::null) kind_ = Kind::array;
  RC_ASSERT(kind_ == Kind::array);
  items_.push_back(std::move(value));
}

namespace {

// Printed as it is: ASCII that is neither a control character nor special in JSON.
bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\';
}

// The length of the plain text at the front. Every call's audit record passes here, so eight bytes
// are looked at together: a byte's high bit in `odd` is set when it, or one before it, is not
// plain.
std::size_t plain_prefix(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  std::size_t at = 0;
  for (; text.size() - at >= 8; at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text.data() + at, 8);
    const std::uint64_t odd = (eight - kOnes * 0x20) | ((eight ^ (kOnes * '"')) - kOnes) |
                              ((eight ^ (kOnes * '\\')) - kOnes) | eight | (eight + kOnes);
    if ((odd & (kOnes * 0x80)) != 0) break;
  }
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

// \uXXXX, of two halves beyond U+FFFF.
void append_escaped(std::string& out, char32_t point) {
  const auto value = static_cast<std::uint32_t>(point);
  if (value < 0x10000) {
    out += fmt::format("\\u{:04x}", value);
  } else {
    out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + ((value - 0x10000) >> 10),
                       0xDC00 + ((value - 0x10000) & 0x3FF));
  }
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  if (plain_prefix(text) == text.size()) {  // nearly always
    const std::size_t before = out.size();
    out.resize(before + text.size() + 2, '"');
    text.copy(out.data() + before + 1, text.size());
    return;
  }
  out.push_back('"');
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t begin = at;
    at += plain_prefix(text.substr(at));
    out.append(text.substr(begin, at - begin));
    if (at == text.size()) break;
    const char c = text[at];
    switch (c) {
      case '"':
        out.append("\\\""), ++at;
        continue;
      case '\\':
        out.append("\\\\"), ++at;
        continue;
      case '\n':
        out.append("\\n"), ++at;
        continue;
      case '\r':
        out.append("\\r"), ++at;
        continue;
      case '\t':
        out.append("\\t"), ++at;
        continue;
      default:
        break;
    }
    if (static_cast<unsigned char>(c) < 0x20) {
      out.append("\\u00");
      out.push_back(kHex[c >> 4]);
      out.push_back(kHex[c & 15]);
      ++at;
      continue;
    }
    const std::size_t from = at;
    if (const auto point = next_utf8(text, at)) {
      // What would move a cursor or turn a line's direction is escaped as well: these texts end up
      // on terminals, in trails and logs.
      if (is_shown(*point)) {
        out.append(text.substr(from, at - from));
      } else {
        append_escaped(out, *point);
      }
    } else {
      out.append("\xEF\xBF\xBD");
      ++at;
    }
  }
  out.push_back('"');
}

namespace {

void dump_to(std::string& out, const Value& value, int indent, int depth) {
  const auto newline = [&](int level) {
    if (indent <= 0) return;
    out.push_back('\n');
    out.append(static_cast<std::size_t>(level * indent), ' ');
  };
  switch (value.kind()) {
    case Kind::null:
      out.append("null");
      return;
    case Kind::boolean:
    case Kind::number:
      out.append(value.text());
      return;
    case Kind::string:
      append_quoted(out, value.text());
      return;
    case Kind::array: {
      out.push_back('[');
      bool first = true;
      for (const Value& item : value.items()) {
        if (!first) out.push_back(',');
        first = false;
        newline(depth + 1);
        dump_to(out, item, indent, depth + 1);
      }
      if (!first) newline(depth);
      out.push_back(']');
      return;
    }
    case Kind::object: {
      out.push_back('{');
      bool first = true;
      for (const Member& member : value.members()) {
        if (!first) out.push_back(',');
        first = false;
        newline(depth + 1);
        append_quoted(out, member.name);
        out.append(indent > 0 ? ": " : ":");
        dump_to(out, member.value, indent, depth + 1);
      }
      if (!first) newline(depth);
      out.push_back('}');
      return;
    }
  }
}

}  // namespace

std::string Value::dump() const {
  std::string out;
  dump_to(out, *this, 0, 0);
  return out;
}

std::string Value::dump_pretty(int indent) const {
  std::string out;
  dump_to(out, *this, indent, 0);
  return out;
}

void Writer::comma() {
  if (need_comma_) out_.push_back(',');
  need_comma_ = true;
}
Writer& Writer::begin_object() {
  comma();
  out_.push_back('{');
  need_comma_ = false;
  return *this;
}
Writer& Writer::end_object() {
  out_.push_back('}');
  need_comma_ = true;
  return *this;
}
Writer& Writer::begin_array() {
  comma();
  out_.push_back('[');
  need_comma_ = false;
  return *this;
}
Writer& Writer::end_array() {
  out_.push_back(']');
  need_comma_ = true;
  return *this;
}
Writer& Writer::key(std::string_view name) {
  comma();
  append_quoted(out_, name);
  out_.push_back(':');
  need_comma_ = false;
  return *this;
}
Writer& Writer::string(std::string_view value) {
  comma();
  append_quoted(out_, value);
  return *this;
}
Writer& Writer::integer(std::int64_t value) {
  comma();
  char buffer[24];
  const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, value);
  out_.append(buffer, static_cast<std::size_t>(end - buffer));
  return *this;
}
Writer& Writer::number(double value) {
  comma();
  if (!std::isfinite(value)) {
    out_.append("null");
    return *this;
  }
  char buffer[40];
  const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, value);
  out_.append(buffer, static_cast<std::size_t>(end - buffer));
  return *this;
}
Writer& Writer::boolean(bool value) {
  comma();
  out_.append(value ? "true" : "false");
  return *this;
}
Writer& Writer::null() {
  comma();
  out_.append("null");
  return *this;
}
Writer& Writer::raw(std::string_view json) {
  comma();
  out_.append(json);
  return *this;
}

}  // namespace rolecall::json
