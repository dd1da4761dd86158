#include "calls/shorthand.h"

#include <algorithm>

#include "base/encoding.h"
#include "calls/numbers.h"
#include "client/failure.h"

namespace rolecall::calls {
namespace {

bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool is_key_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.#/:").find(c) != std::string_view::npos;
}

// What may begin an unquoted value, what may follow in the first one, and in further ones of a
// list: there `=` ends it, because "a=b,c=d" is two keys.
bool begins_word(char c) {
  return static_cast<unsigned char>(c) > ' ' && c != '"' && c != '\'' && c != ',' && c != '=' &&
         c != '[' && c != '{' && c != 0x7f;
}
bool follows_first(char c) {
  return (static_cast<unsigned char>(c) > ' ' || is_blank(c)) && c != '"' && c != '\'' &&
         c != ',' && c != ']' && c != '}' && c != 0x7f;
}
bool follows_second(char c) {
  return (static_cast<unsigned char>(c) > ' ' || is_blank(c)) && c != '"' && c != '\'' &&
         c != ',' && c != '=';
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

class Parser {
 public:
  Parser(std::string_view text, const LoadValue& load) : text_(text), load_(load) {}

  Result<json::Value> parameter() {
    json::Value out = json::Value::object();
    std::size_t last = 0;
    for (bool first = true; first || at_ < text_.size(); first = false) {
      if (!first) RC_CHECK(expect(',', true));
      RC_TRY(auto pair, keyval());
      if (out.find(pair.first) != nullptr) {
        return client::usage_failure(
            "Second instance of key \"" + pair.first + "\" encountered for input:\n" +
            location(last + 1) +
            "\nThis is often because there is a preceding \",\" instead of a space.");
      }
      out.add(std::move(pair.first), std::move(pair.second));
      last = at_;
    }
    return out;
  }

 private:
  using Pair = std::pair<std::string, json::Value>;

  Result<Pair> keyval() {
    const std::string name(key());
    RC_TRY(const bool from_file, assignment());
    const bool outer = std::exchange(loading_, from_file);
    RC_TRY(json::Value value, values());
    loading_ = outer;
    return Pair(name, std::move(value));
  }

  // "=" or "@=".
  Result<bool> assignment() {
    skip_blanks();
    const bool at = current() == '@';
    if (at) ++at_;
    RC_CHECK(expect('=', true));
    return at;
  }

  std::string_view key() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_key_char(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  Result<json::Value> values() {
    if (at_ >= text_.size()) return json::Value::string("");
    if (current() == '[') return explicit_list();
    if (current() == '{') return hash_literal();
    return comma_list();
  }

  // "a" is a text, "a,b" a list, and in "a,b,c=d" the last comma stands before another key.
  Result<json::Value> comma_list() {
    RC_TRY(json::Value first, first_value());
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != ',') return first;
    RC_CHECK(expect(',', true));
    json::Value list = json::Value::array();
    list.push(first);
    for (;;) {
      auto next = second_value();
      if (next) {
        skip_blanks();
        if (at_ >= text_.size()) {
          list.push(std::move(*next));
          break;
        }
        if (current() == ',') {
          RC_CHECK(expect(',', true));
          list.push(std::move(*next));
          continue;
        }
      }
      if (at_ >= text_.size()) return std::move(next).error();
      at_ = text_.rfind(',', at_);
      // INVARIANT: a comma was read before.
      RC_ASSERT(at_ != text_.npos);
      break;
    }
    if (list.items().size() == 1) return first;
    return list;
  }

  Result<json::Value> explicit_list() {
    RC_CHECK(enter());
    RC_CHECK(expect('[', true));
    json::Value list = json::Value::array();
    while (current() != ']') {
      RC_TRY(json::Value value, explicit_value());
      list.push(std::move(value));
      skip_blanks();
      if (current() != ']') {
        RC_CHECK(expect(',', false));
        skip_blanks();
      }
    }
    RC_CHECK(expect(']', false));
    --depth_;
    return list;
  }

  Result<json::Value> hash_literal() {
    RC_CHECK(enter());
    RC_CHECK(expect('{', true));
    json::Value out = json::Value::object();
    while (current() != '}') {
      std::string name(key());
      RC_TRY(const bool from_file, assignment());
      const bool outer = std::exchange(loading_, from_file);
      RC_TRY(json::Value value, explicit_value());
      loading_ = outer;
      skip_blanks();
      if (current() != '}') {
        RC_CHECK(expect(',', false));
        skip_blanks();
      }
      auto& members = out.members();
      std::erase_if(members, [&](const json::Member& member) { return member.name == name; });
      out.add(std::move(name), std::move(value));
    }
    RC_CHECK(expect('}', false));
    --depth_;
    return out;
  }

  Result<json::Value> explicit_value() {
    if (current() == '[') return explicit_list();
    if (current() == '{') return hash_literal();
    return first_value();
  }

  Result<json::Value> first_value() {
    if (current() == '\'' || current() == '"') return quoted(text_[at_]);
    return text_value(unquoted(follows_first).value_or(""));
  }

  Result<json::Value> second_value() {
    if (current() == '\'' || current() == '"') return quoted(text_[at_]);
    auto text = unquoted(follows_second);
    if (!text) return expected("<second>", "<none>");
    return text_value(std::move(*text));
  }

  std::optional<std::string> unquoted(bool (*follows)(char)) {
    if (!is_escaped_comma() && !(at_ < text_.size() && begins_word(text_[at_]))) {
      return std::nullopt;
    }
    std::string out;
    while (at_ < text_.size()) {
      if (is_escaped_comma()) {
        out += ',';
        at_ += 2;
      } else if (out.empty() || follows(text_[at_])) {
        out += text_[at_++];
      } else {
        break;
      }
    }
    while (!out.empty() && is_blank(out.back())) out.pop_back();
    return out;
  }

  bool is_escaped_comma() const { return text_.substr(at_).starts_with("\\,"); }

  Result<json::Value> quoted(char mark) {
    std::string out;
    for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == mark) {
        at_ = i + 1;
        return text_value(std::move(out));
      }
      const bool escapes = text_[i] == '\\' && i + 1 < text_.size() &&
                           (text_[i + 1] == mark || text_[i + 1] == '\\');
      if (escapes) ++i;
      out += text_[i];
    }
    return expected(mark == '"' ? "<double quoted>" : "<singled quoted>", "<none>");
  }

  Result<json::Value> text_value(std::string text) {
    if (loading_) {
      RC_TRY(text, load_(std::move(text)));
    }
    return json::Value::string(std::move(text));
  }

  Status enter() {
    if (++depth_ <= kShorthandDepthMax) return {};
    return client::usage_failure("the shorthand is nested too deeply");
  }

  // '\0' at the end: no value contains it.
  char current() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  Status expect(char c, bool with_blanks) {
    if (with_blanks) skip_blanks();
    if (at_ >= text_.size()) return expected(std::string(1, c), "EOF");
    if (text_[at_] != c) {
      std::size_t end = at_ + 1;
      while (end < text_.size() && (text_[end] & 0xC0) == 0x80) ++end;
      return expected(std::string(1, c), text_.substr(at_, end - at_));
    }
    ++at_;
    if (with_blanks) skip_blanks();
    return {};
  }

  ApiError expected(std::string_view what, std::string_view actual) const {
    return client::usage_failure("Expected: '" + std::string(what) + "', received: '" +
                                 std::string(actual) + "' for input:\n" + location(at_));
  }

  // The text with a caret on a line of its own below the place.
  std::string location(std::size_t index) const {
    index = std::min(index, text_.size());
    const std::size_t line = text_.substr(0, index).rfind('\n');
    const std::size_t begin = line == text_.npos ? 0 : line + 1;
    const std::size_t end = std::min(text_.find('\n', index), text_.size());
    std::string out(text_.substr(0, end));
    out.append("\n").append(characters(text_.substr(begin, index - begin)), ' ').append("^");
    return out.append(text_.substr(end));
  }

  std::string_view text_;
  const LoadValue& load_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool loading_ = false;
};

Status coerce_scalar(json::Value& value, const wire::Shape& shape) {
  if (!value.is_string()) return {};
  switch (shape.kind) {
    case wire::Kind::integer:
    case wire::Kind::long_: {
      RC_TRY(value, integer_of(value.text()));
      return {};
    }
    case wire::Kind::floating:
    case wire::Kind::double_: {
      RC_TRY(value, real_of(value.text()));
      return {};
    }
    case wire::Kind::boolean:
      if (equal_ignoring_case(value.text(), "true")) value = json::Value::boolean(true);
      if (equal_ignoring_case(value.text(), "false")) value = json::Value::boolean(false);
      return {};
    default:
      return {};
  }
}

}  // namespace

Result<json::Value> parse_shorthand(std::string_view text, const LoadValue& load) {
  return Parser(text, load).parameter();
}

Status coerce(json::Value& value, const wire::Shape& shape) {
  switch (shape.kind) {
    case wire::Kind::structure:
      for (const wire::Member& member : shape.members) {
        for (json::Member& given : value.members()) {
          if (given.name == member.name) RC_CHECK(coerce(given.value, *member.shape));
        }
      }
      return {};
    case wire::Kind::list:
      // "Values=a" stands for a list of one.
      if (!value.is_array()) {
        json::Value list = json::Value::array();
        list.push(std::move(value));
        value = std::move(list);
      }
      for (json::Value& item : value.items()) RC_CHECK(coerce(item, *shape.element));
      return {};
    case wire::Kind::map:
      for (json::Member& given : value.members()) RC_CHECK(coerce(given.value, *shape.element));
      return {};
    default:
      return coerce_scalar(value, shape);
  }
}

}  // namespace rolecall::calls
