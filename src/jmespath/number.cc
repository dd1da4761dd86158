#include "jmespath/number.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "base/encoding.h"
#include "base/python_text.h"

namespace rolecall::jmespath {

namespace {

__extension__ using Wide = __int128;

std::optional<std::int64_t> to_int64(std::string_view number) {
  std::int64_t out = 0;
  const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), out);
  if (code != std::errc{} || end != number.data() + number.size()) return std::nullopt;
  return out;
}

std::string text_of(Wide value) { return fmt::format("{}", value); }

// A finite double as JSON text; nullopt otherwise.
std::optional<std::string> finite(double value) {
  if (!std::isfinite(value)) return std::nullopt;
  return python_float(value);
}

std::string_view without_sign(std::string_view number) {
  return number.starts_with('-') ? number.substr(1) : number;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits with single underscores between them, as Python's literals; appended without them.
bool take_digits(std::string_view text, std::size_t& at, std::string& out) {
  const std::size_t begin = at;
  while (at < text.size()) {
    if (is_digit(text[at])) {
      out.push_back(text[at]);
    } else if (text[at] != '_' || at == begin || text[at - 1] == '_' || at + 1 == text.size() ||
               !is_digit(text[at + 1])) {
      break;
    }
    ++at;
  }
  return at > begin;
}

// Whole numbers by their digits.
std::strong_ordering compare_digits(std::string_view a, std::string_view b) {
  const bool negative = a.starts_with('-');
  if (negative != b.starts_with('-')) {
    return negative ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  const std::string_view digits_a = without_sign(a), digits_b = without_sign(b);
  const auto by_size = digits_a.size() <=> digits_b.size();
  const auto order = by_size != 0 ? by_size : digits_a.compare(digits_b) <=> 0;
  return negative ? 0 <=> order : order;
}

}  // namespace

bool is_whole(std::string_view number) { return number.find_first_of(".eE") == number.npos; }

double to_double(std::string_view number) {
  double out = 0;
  const auto [end, code] = std::from_chars(number.data(), number.data() + number.size(), out);
  if (code == std::errc::result_out_of_range) {
    return std::strtod(std::string(number).c_str(), nullptr);  // infinity or zero
  }
  return out;
}

std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  const auto small_a = to_int64(a), small_b = to_int64(b);
  if (small_a && small_b) return *small_a <=> *small_b;
  // A double beyond 64 bits is whole, and its digits can be had.
  const auto digits = [](bool small, std::string_view text) -> std::optional<std::string> {
    if (small || is_whole(text)) return std::string(text);
    const double value = to_double(text);
    if (std::abs(value) < 0x1p63 || !std::isfinite(value)) return std::nullopt;
    return fmt::format("{:.0f}", value);
  };
  if (is_whole(a) || is_whole(b)) {
    const auto digits_a = digits(small_a.has_value(), a), digits_b = digits(small_b.has_value(), b);
    if (digits_a && digits_b) return compare_digits(*digits_a, *digits_b);
  }
  // A long double holds every 64-bit number exactly.
  const auto wide = [](std::optional<std::int64_t> small, std::string_view text) {
    return small ? static_cast<long double>(*small) : static_cast<long double>(to_double(text));
  };
  const long double x = wide(small_a, a), y = wide(small_b, b);
  if (x < y) return std::strong_ordering::less;
  return x > y ? std::strong_ordering::greater : std::strong_ordering::equal;
}

std::string absolute(std::string_view number) { return std::string(without_sign(number)); }

std::string rounded(std::string_view number, Rounding to) {
  if (is_whole(number)) return std::string(number);
  const double value = to_double(number);
  if (!std::isfinite(value)) return std::string(number);
  const double whole = to == Rounding::up ? std::ceil(value) : std::floor(value);
  return fmt::format("{:.0f}", whole == 0 ? 0.0 : whole);  // Python's whole zero has no sign
}

std::string sum(const std::vector<std::string_view>& numbers) {
  Wide whole = 0;
  double total = 0;
  bool as_double = false;
  for (const std::string_view number : numbers) {
    const auto small = to_int64(number);
    if (!as_double && small) {
      whole += *small;  // a list has fewer than 2^63 of them
      continue;
    }
    if (!as_double) total = static_cast<double>(whole);
    as_double = true;
    total += to_double(number);
  }
  if (!as_double) return text_of(whole);
  return finite(total).value_or(total < 0 ? "-1e999" : "1e999");
}

std::string mean(const std::vector<std::string_view>& numbers) {
  const double total = to_double(sum(numbers));
  const double value = total / static_cast<double>(numbers.size());
  return finite(value).value_or(value < 0 ? "-1e999" : "1e999");
}

std::optional<std::string> number_of_text(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n\r\v\f\x1c\x1d\x1e\x1f";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == text.npos) return std::nullopt;
  text = text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
  std::string number;
  std::size_t at = 0;
  if (text[0] == '+' || text[0] == '-') ++at;
  if (text[0] == '-') number.push_back('-');
  const std::size_t sign = number.size();
  const bool has_whole = take_digits(text, at, number);
  if (has_whole && at == text.size()) {
    number.erase(sign, std::min(number.find_first_not_of('0', sign), number.size() - 1) - sign);
    return number == "-0" ? "0" : number;
  }
  if (!has_whole) number.push_back('0');
  if (at < text.size() && text[at] == '.') {
    ++at;
    number.push_back('.');
    const bool has_fraction = take_digits(text, at, number);
    if (!has_whole && !has_fraction) return std::nullopt;
    if (!has_fraction) number.push_back('0');
  } else if (!has_whole) {
    return std::nullopt;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    number.push_back('e');
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
      if (text[at] == '-') number.push_back('-');
      ++at;
    }
    if (!take_digits(text, at, number)) return std::nullopt;
  }
  if (at != text.size()) return std::nullopt;
  return finite(to_double(number));
}

}  // namespace rolecall::jmespath
