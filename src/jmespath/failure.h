// The refusals, named and worded as Python's jmespath names and words them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace rolecall::jmespath {

struct Token;

// `position` counts characters from 0.
ApiError failure(std::string code, std::string message, std::size_t position);

ApiError lexer_error(std::string_view expression, std::string_view what, std::size_t position);
ApiError parse_error(std::string_view expression, std::string_view what, std::size_t position,
                     const Token& token);
ApiError incomplete_error(std::string_view expression);
ApiError empty_error();

}  // namespace rolecall::jmespath
