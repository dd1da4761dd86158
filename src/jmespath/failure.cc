#include "jmespath/failure.h"

#include "base/encoding.h"
#include "jmespath/token.h"

namespace rolecall::jmespath {

namespace {

// A caret under the character meant.
std::string underline(std::size_t position) { return std::string(position, ' ') + '^'; }

}  // namespace

ApiError failure(std::string code, std::string message, std::size_t position) {
  ApiError error = ApiError::make(400, std::move(code), std::move(message));
  error.details.emplace_back("Position", std::to_string(position));
  return error;
}

ApiError lexer_error(std::string_view expression, std::string_view what, std::size_t position) {
  std::string message = "Bad jmespath expression: ";
  message.append(what).append(":\n").append(expression).append("\n").append(underline(position));
  return failure("LexerError", std::move(message), position);
}

ApiError parse_error(std::string_view expression, std::string_view what, std::size_t position,
                     const Token& token) {
  std::string message(what);
  message.append(": Parse error at column ").append(std::to_string(position));
  message.append(", token \"").append(token.shown()).append("\" (");
  message.append(ascii_upper(name_of(token.kind))).append("), for expression:\n\"");
  message.append(expression).append("\"\n").append(underline(position + 1));
  return failure("ParseError", std::move(message), position);
}

ApiError incomplete_error(std::string_view expression) {
  std::size_t length = 0;
  for (const char c : expression) length += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  std::string message = "Invalid jmespath expression: Incomplete expression:\n\"";
  message.append(expression).append("\"\n").append(underline(length + 1));
  return failure("IncompleteExpressionError", std::move(message), length);
}

ApiError empty_error() {
  return failure("EmptyExpressionError", "Invalid JMESPath expression: cannot be empty.", 0);
}

}  // namespace rolecall::jmespath
