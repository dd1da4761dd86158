// Numbers and values as Python reads and prints them, because the AWS CLI's texts are Python's.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace rolecall::calls {

// int("12"), float("1.5"): failures (255) in Python's words.
Result<json::Value> integer_of(std::string_view text);
Result<json::Value> real_of(std::string_view text);

bool is_integer(const json::Value& number);

// str(value) and repr(value).
std::string python_str(const json::Value& value);
std::string python_repr(const json::Value& value);
std::string python_repr(std::string_view text);
// "<class 'str'>"
std::string_view python_type(const json::Value& value);

}  // namespace rolecall::calls
