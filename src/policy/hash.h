// The engine's one hash: of folded action names and condition keys. It only chooses a bucket; every
// hit is verified by comparing the text, so a collision costs time and never a wrong answer.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace rolecall::policy {

// Eight bytes at a time; names are short (20 bytes at the median), so that set-up cost rules.
inline std::uint64_t hash_text(std::string_view text) {
  constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15ull;
  std::uint64_t h = text.size() * kMultiplier;
  const char* p = text.data();
  std::size_t n = text.size();
  while (n >= 8) {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    h = (h ^ word) * kMultiplier;
    h ^= h >> 32;
    p += 8;
    n -= 8;
  }
  if (n > 0) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, n);
    h = (h ^ word) * kMultiplier;
    h ^= h >> 32;
  }
  return h;
}

}  // namespace rolecall::policy
