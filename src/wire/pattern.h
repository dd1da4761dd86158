// Matching a value against a model's pattern constraint.
#pragma once

#include <string_view>

#include "wire/shape.h"

namespace rolecall::wire {

// Whether the whole of `text` matches. One table look-up per code point; text that is not UTF-8
// never matches.
bool matches(const Pattern& pattern, std::string_view text);

// Length as AWS counts it for length constraints: code points.
std::size_t length_of(std::string_view text);

}  // namespace rolecall::wire
