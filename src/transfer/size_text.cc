#include "transfer/size_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/encoding.h"
#include "client/failure.h"

namespace rolecall::transfer {
namespace {

constexpr double kBase = 1024;
constexpr std::string_view kSuffixes[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
// Both spellings are powers of 1,024 here.
constexpr std::string_view kUnits[] = {"kb", "mb", "gb", "tb"};
constexpr std::string_view kIecUnits[] = {"kib", "mib", "gib", "tib"};

}  // namespace

std::string human_size(double bytes) {
  if (bytes == 1) return "1 Byte";
  if (bytes < kBase) return fmt::format("{} Bytes", static_cast<std::int64_t>(bytes));
  double unit = kBase * kBase;
  for (const std::string_view suffix : kSuffixes) {
    // Python's round(): halves go to the even neighbour, as nearbyint's do.
    if (std::nearbyint(bytes / unit * kBase) < kBase) {
      return fmt::format("{:.1f} {}", kBase * bytes / unit, suffix);
    }
    unit *= kBase;
  }
  return fmt::format("{} Bytes", bytes);
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const std::string lower = ascii_lower(text);
  std::string_view digits = lower;
  std::uint64_t multiplier = 1, power = 1;
  for (std::size_t i = 0; i < std::size(kUnits); ++i) {
    power *= 1024;
    for (const std::string_view unit : {kUnits[i], kIecUnits[i]}) {
      if (multiplier == 1 && lower.ends_with(unit)) {
        multiplier = power;
        digits.remove_suffix(unit.size());
      }
    }
  }
  digits = trim(digits);
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  std::uint64_t product = 0;
  if (problem != std::errc() || end != digits.data() + digits.size() ||
      __builtin_mul_overflow(value, multiplier, &product)) {
    return client::general_failure("Invalid size value: " + std::string(text));
  }
  return product;
}

}  // namespace rolecall::transfer
