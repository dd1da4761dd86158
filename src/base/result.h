// Result<T>: a value or the reason there is none. The one way a fallible function answers.
#pragma once

#include <expected>
#include <utility>

#include "base/error.h"

namespace rolecall {

// std::expected with two differences: dropping one is a warning (libstdc++ 12's class is not
// [[nodiscard]]), and the error type is always Error.
//   Result<Arn> Arn::parse(std::string_view text);
//   RC_TRY(auto arn, Arn::parse(text));
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  Result(Error error) : std::expected<T, Error>(std::unexpect, std::move(error)) {}
  Result(ApiError error) : std::expected<T, Error>(std::unexpect, Error(std::move(error))) {}
  Result(Fault fault) : std::expected<T, Error>(std::unexpect, Error(std::move(fault))) {}
};

using Status = Result<void>;

#define RC_CONCAT_(a, b) a##b
#define RC_CONCAT(a, b) RC_CONCAT_(a, b)

// RC_TRY(declaration, expression): declares from the value or returns the error to the caller.
#define RC_TRY(declaration, ...) RC_TRY_(RC_CONCAT(rc_try_, __COUNTER__), declaration, __VA_ARGS__)
#define RC_TRY_(temporary, declaration, ...)                              \
  auto temporary = (__VA_ARGS__);                                         \
  if (!temporary) return ::rolecall::Error(std::move(temporary).error()); \
  declaration = std::move(*temporary)

// RC_CHECK(expression): for results without a value.
#define RC_CHECK(...)                                                                    \
  do {                                                                                   \
    if (auto rc_status = (__VA_ARGS__); !rc_status) return std::move(rc_status).error(); \
  } while (false)

}  // namespace rolecall
