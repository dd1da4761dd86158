// JMESPath: a query over a JSON tree, with the answers and the refusals of Python's jmespath 1.0,
// which is what the AWS CLI's --query asks.
//   RC_TRY(auto query, jmespath::Expression::compile("Users[?Path=='/'].UserName"));
//   RC_TRY(json::Value names, query.search(answer));
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace rolecall::jmespath {

struct Ast;

// Inputs are a person's own, but also what scripts make of others' names: everything is bounded.
inline constexpr std::size_t kExpressionBytesMax = 64 * 1024;  // the kernel gives argv 128 KiB
inline constexpr int kDepthMax = 256;  // of nested expressions; Python gives up near 300

struct Limits {
  // Steps of evaluating and comparing: half a minute. `[@,@]|[@,@]|…` doubles with every bar.
  std::uint64_t steps_max = std::uint64_t{1} << 32;
  // Values, and blocks of 32 bytes of text, that one search makes: about a GiB.
  std::uint64_t values_max = std::uint64_t{1} << 25;
};

// A compiled expression; immutable, so threads may share it.
class Expression {
 public:
  // The error is an ApiError: `code` is the class of Python's exception (LexerError, ParseError,
  // IncompleteExpressionError, EmptyExpressionError), `message` its text, and the detail
  // "Position" the character (from 0) it points at.
  static Result<Expression> compile(std::string_view text);

  // The same, with ArityError, VariadictArityError (sic), JMESPathTypeError, UnknownFunctionError,
  // TypeError, ValueError; and LimitExceeded, which Python has not.
  Result<json::Value> search(const json::Value& input, Limits limits = {}) const;

  const std::string& text() const;

 private:
  explicit Expression(std::shared_ptr<const Ast> ast) : ast_(std::move(ast)) {}
  std::shared_ptr<const Ast> ast_;
};

}  // namespace rolecall::jmespath
