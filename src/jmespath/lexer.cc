// The grammar's lexical rules, with what Python's jmespath does beyond them: a literal that is not
// JSON is a string (JEP-12's transition), escapes reach into literals in its order.
#include <optional>

#include "base/encoding.h"
#include "base/python_text.h"
#include "jmespath/expression.h"
#include "jmespath/failure.h"
#include "jmespath/token.h"

namespace rolecall::jmespath {

std::string_view name_of(TokenKind kind) {
  static constexpr std::string_view kNames[] = {"eof",
                                                "unquoted_identifier",
                                                "quoted_identifier",
                                                "literal",
                                                "rbracket",
                                                "rparen",
                                                "comma",
                                                "rbrace",
                                                "number",
                                                "current",
                                                "expref",
                                                "colon",
                                                "pipe",
                                                "or",
                                                "and",
                                                "eq",
                                                "gt",
                                                "lt",
                                                "gte",
                                                "lte",
                                                "ne",
                                                "flatten",
                                                "star",
                                                "filter",
                                                "dot",
                                                "not",
                                                "lbrace",
                                                "lbracket",
                                                "lparen"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string Token::shown() const { return kind == TokenKind::literal ? python_str(literal) : text; }

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  std::size_t write = 0;
  for (std::size_t read = 0; read < text.size();) {
    if (std::string_view(text).substr(read).starts_with(from)) {
      for (const char c : to) text[write++] = c;  // never longer than `from`
      read += from.size();
    } else {
      text[write++] = text[read++];
    }
  }
  text.resize(write);
}

// As a Python dict: the last of equal names, where the first stood.
void keep_last_of_equal_names(json::Value& value) {
  for (json::Value& item : value.items()) keep_last_of_equal_names(item);
  std::vector<json::Member>& members = value.members();
  std::map<std::string_view, std::size_t> places;
  std::vector<json::Member> kept;
  kept.reserve(members.size());  // `places` views the names
  for (json::Member& member : members) {
    keep_last_of_equal_names(member.value);
    if (const auto found = places.find(member.name); found != places.end()) {
      kept[found->second].value = std::move(member.value);
    } else {
      kept.push_back(std::move(member));
      places.emplace(kept.back().name, kept.size() - 1);
    }
  }
  members = std::move(kept);
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> run() {
    while (at_ < text_.size()) RC_CHECK(next());
    add(TokenKind::eof, 0);
    return std::move(tokens_);
  }

 private:
  // A token of `bytes` ASCII characters.
  void add(TokenKind kind, std::size_t bytes) {
    tokens_.push_back({kind, column_, std::string(text_.substr(at_, bytes))});
    advance(bytes);
  }
  void advance(std::size_t bytes) {
    for (const char c : text_.substr(at_, bytes)) {
      column_ += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }
    at_ += bytes;
  }
  char peek(std::size_t ahead) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  Error wrong(std::string_view what) const { return lexer_error(text_, what, column_); }

  Status next() {
    const char c = text_[at_];
    static constexpr std::string_view kSimple = ".*],:@(){}";
    static constexpr TokenKind kKinds[] = {
        TokenKind::dot,    TokenKind::star,    TokenKind::rbracket, TokenKind::comma,
        TokenKind::colon,  TokenKind::current, TokenKind::lparen,   TokenKind::rparen,
        TokenKind::lbrace, TokenKind::rbrace};
    if (const std::size_t i = kSimple.find(c); i != kSimple.npos) {
      add(kKinds[i], 1);
      return {};
    }
    if (is_letter(c)) {
      std::size_t length = 1;
      while (is_letter(peek(length)) || is_digit(peek(length))) ++length;
      add(TokenKind::unquoted_identifier, length);
      return {};
    }
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      advance(1);
      return {};
    }
    const auto one_or_two = [&](char second, TokenKind two, TokenKind one) {
      add(peek(1) == second ? two : one, peek(1) == second ? 2 : 1);
      return Status();
    };
    switch (c) {
      case '[':
        if (peek(1) == '?') return one_or_two('?', TokenKind::filter, TokenKind::lbracket);
        return one_or_two(']', TokenKind::flatten, TokenKind::lbracket);
      case '|':
        return one_or_two('|', TokenKind::or_, TokenKind::pipe);
      case '&':
        return one_or_two('&', TokenKind::and_, TokenKind::expref);
      case '<':
        return one_or_two('=', TokenKind::lte, TokenKind::lt);
      case '>':
        return one_or_two('=', TokenKind::gte, TokenKind::gt);
      case '!':
        return one_or_two('=', TokenKind::ne, TokenKind::not_);
      case '=':
        if (peek(1) != '=') return wrong("Unknown token '='");
        add(TokenKind::eq, 2);
        return {};
      case '\'':
        return raw_string();
      case '`':
        return literal();
      case '"':
        return quoted_identifier();
      default:
        break;
    }
    if (c == '-' || is_digit(c)) return number();
    std::size_t end = at_;
    next_utf8(text_, end);
    return wrong("Unknown token " + std::string(text_.substr(at_, end - at_)));
  }

  Status number() {
    std::size_t length = 1;
    while (is_digit(peek(length))) ++length;
    if (length == 1 && text_[at_] == '-') return wrong("Unknown token '-'");
    const std::size_t begin = tokens_.size();
    add(TokenKind::number, length);
    // Python's int(): no leading zeros, no minus zero.
    std::string& digits = tokens_[begin].text;
    const std::size_t sign = digits.front() == '-' ? 1 : 0;
    digits.erase(sign, std::min(digits.find_first_not_of('0', sign), digits.size() - 1) - sign);
    if (digits == "-0") digits = "0";
    return {};
  }

  // What stands between two delimiters, backslashes kept; the place is after the second one.
  std::optional<std::string> until(char delimiter) {
    std::size_t length = 1;
    while (peek(length) != delimiter || at_ + length >= text_.size()) {
      if (peek(length) == '\\') ++length;
      if (at_ + length >= text_.size()) return std::nullopt;
      ++length;
    }
    std::string out(text_.substr(at_ + 1, length - 1));
    advance(length + 1);
    return out;
  }

  Error unclosed(char delimiter) const {
    return wrong(std::string("Unclosed ") + delimiter + " delimiter");
  }

  Status raw_string() {
    const std::size_t start = column_;
    auto content = until('\'');
    if (!content) return unclosed('\'');
    replace_all(*content, "\\'", "'");
    tokens_.push_back({TokenKind::literal, start, {}, json::Value::string(std::move(*content))});
    return {};
  }

  Status literal() {
    const std::size_t start = column_;
    auto content = until('`');
    if (!content) return unclosed('`');
    replace_all(*content, "\\`", "`");
    auto parsed = json::parse(*content);
    if (!parsed) {
      const std::size_t first = content->find_first_not_of(" \t\n\r\v\f");
      parsed = json::parse("\"" + content->substr(std::min(first, content->size())) + "\"");
    }
    if (!parsed) return lexer_error(text_, "Bad token " + *content, start);
    keep_last_of_equal_names(*parsed);
    tokens_.push_back({TokenKind::literal, start, {}, std::move(*parsed)});
    return {};
  }

  Status quoted_identifier() {
    const std::size_t start = column_;
    const auto content = until('"');
    if (!content) return unclosed('"');
    const auto parsed = json::parse("\"" + *content + "\"");
    if (!parsed) return lexer_error(text_, reason(*content), start);
    tokens_.push_back({TokenKind::quoted_identifier, start, parsed->text()});
    return {};
  }

  // Why Python's JSON reader refuses a string.
  static std::string_view reason(std::string_view content) {
    for (std::size_t i = 0; i < content.size(); ++i) {
      if (static_cast<unsigned char>(content[i]) < 0x20) return "Invalid control character at";
      if (content[i] != '\\') continue;
      ++i;
      if (i < content.size() && content[i] == 'u') {
        for (std::size_t j = i + 1; j < i + 5; ++j) {
          if (j >= content.size() || !std::isxdigit(static_cast<unsigned char>(content[j]))) {
            return "Invalid \\uXXXX escape";
          }
        }
      } else if (i >= content.size() ||
                 std::string_view("\"\\/bfnrt").find(content[i]) == std::string_view::npos) {
        return "Invalid \\escape";
      }
    }
    return "half of a surrogate pair";  // Python takes these; UTF-8 has no place for them
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t column_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view expression) {
  if (expression.empty()) return empty_error();
  if (expression.size() > kExpressionBytesMax) {
    return failure("LimitExceeded",
                   "an expression of more than " + std::to_string(kExpressionBytesMax) + " bytes",
                   kExpressionBytesMax);
  }
  if (!is_valid_utf8(expression)) {
    return failure("LexerError", "Bad jmespath expression: bytes that are not UTF-8", 0);
  }
  return Lexer(expression).run();
}

}  // namespace rolecall::jmespath
