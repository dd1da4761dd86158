// Numbers and values as Python prints them, because the AWS CLI does: its JSON, text and table
// output and the messages of its query language are str() and repr() of what it read.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace rolecall {

// repr(float): the shortest digits that read back, "1.0" for one, "1e-05", "1e+16", "inf", "nan".
std::string python_float(double value);

// What Python's json module prints for a number it read from `text`: integers as they are, anything
// with a fraction or an exponent as repr(float).
std::string python_number(std::string_view text);

// str(): strings as they are, None, True, and repr() of arrays and objects.
std::string python_str(const json::Value& value);

// repr(): strings in quotes, with what does not print escaped.
std::string python_repr(const json::Value& value);
void append_python_repr(std::string& out, std::string_view text);

// type(value).__name__: "NoneType", "bool", "int", "float", "str", "list" or "dict".
std::string_view python_type(const json::Value& value);

// json.dumps(value, separators=(",", ":")): compact, everything outside ASCII as \uXXXX.
std::string python_compact_json(const json::Value& value);

}  // namespace rolecall
