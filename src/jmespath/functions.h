// The built-in functions, by number. Private to the room.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "jmespath/evaluate.h"

namespace rolecall::jmespath {

// Its number, or -1: an unknown name is an error only where it is called.
std::int32_t find_function(std::string_view name);

// Checks number and types of the arguments as Python does, and calls.
Result<Item> call_function(Search& search, std::size_t function, std::span<const Item> arguments);

// TypeError: '<' not supported between instances of 'str' and 'int'
Error unordered(std::string_view sign, const Item& left, const Item& right, std::size_t position);

}  // namespace rolecall::jmespath
