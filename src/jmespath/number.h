// Arithmetic on numbers as they are written, with Python's two kinds: whole numbers of any size,
// and doubles. Private to the room.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rolecall::jmespath {

bool is_whole(std::string_view number);
double to_double(std::string_view number);
// Exact, also between whole numbers and doubles.
std::strong_ordering compare_numbers(std::string_view a, std::string_view b);

std::string absolute(std::string_view number);
enum class Rounding { up, down };
std::string rounded(std::string_view number, Rounding to);
// Whole as long as all are (beyond 128 bits as a double), added from left to right as doubles from
// the first that is none.
std::string sum(const std::vector<std::string_view>& numbers);
std::string mean(const std::vector<std::string_view>& numbers);  // of at least one

// Python's int(text), else float(text); nullopt where both refuse, and for infinity and NaN, which
// JSON has not.
std::optional<std::string> number_of_text(std::string_view text);

}  // namespace rolecall::jmespath
