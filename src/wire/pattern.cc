#include "wire/pattern.h"

#include <algorithm>

#include "base/encoding.h"

namespace rolecall::wire {
namespace {

std::uint8_t wide_class(const Pattern& pattern, char32_t code_point) {
  auto at = std::ranges::upper_bound(pattern.ranges, code_point, {}, &Pattern::Range::first);
  if (at == pattern.ranges.begin()) return 0;
  --at;
  return code_point <= at->last ? at->char_class : std::uint8_t{0};
}

}  // namespace

bool matches(const Pattern& pattern, std::string_view text) {
  std::size_t state = 1;
  for (std::size_t i = 0; i < text.size();) {
    std::uint8_t char_class;
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 128) {
      char_class = pattern.ascii_class[byte];
      ++i;
    } else {
      auto code_point = next_utf8(text, i);
      if (!code_point) return false;
      char_class = wide_class(pattern, *code_point);
    }
    state = pattern.next[state * pattern.class_count + char_class];
    if (state == 0) return false;
  }
  return pattern.accepting[state] != 0;
}

std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace rolecall::wire
