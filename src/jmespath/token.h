// The words of an expression. Private to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace rolecall::jmespath {

enum class TokenKind : std::uint8_t {
  eof,
  unquoted_identifier,
  quoted_identifier,
  literal,
  rbracket,
  rparen,
  comma,
  rbrace,
  number,
  current,
  expref,
  colon,
  pipe,
  or_,
  and_,
  eq,
  gt,
  lt,
  gte,
  lte,
  ne,
  flatten,
  star,
  filter,
  dot,
  not_,
  lbrace,
  lbracket,
  lparen,
};

// As Python's parser names them in its messages.
std::string_view name_of(TokenKind kind);

struct Token {
  TokenKind kind = TokenKind::eof;
  std::size_t start = 0;  // in characters
  std::string text;       // identifiers decoded, numbers normalized, symbols as written
  json::Value literal = {};

  std::string shown() const;  // as str() of Python's token value
};

// Ends with an eof token.
Result<std::vector<Token>> tokenize(std::string_view expression);

}  // namespace rolecall::jmespath
