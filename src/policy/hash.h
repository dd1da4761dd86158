// Text by words of eight bytes: folding, hashing and comparing names and ARNs. They are short (20
// bytes at the median), so that calls into the C library would cost more than the work.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace rolecall::policy {

inline std::uint64_t load_word(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, 8);
  return word;
}
inline std::uint32_t load_half_word(const char* at) {
  std::uint32_t word;
  std::memcpy(&word, at, 4);
  return word;
}

// The last `rest` bytes (1 to 8) of a text as a word, filled with zeros, without reading outside of
// the text. The first byte is the lowest: big-endian machines are not supported.
inline std::uint64_t last_word(std::string_view text, std::size_t rest) {
  const char* end = text.data() + text.size();
  if (text.size() >= 8) return load_word(end - 8) >> (64 - 8 * rest);
  if (rest >= 4) {
    return load_half_word(end - rest) |
           (static_cast<std::uint64_t>(load_half_word(end - 4)) << (8 * (rest - 4)));
  }
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint64_t>(static_cast<unsigned char>(*(end - rest + i))) << (8 * i);
  };
  return byte(0) | byte(rest / 2) | byte(rest - 1);
}

// Calls f(word, its offset) for each word of the text, the last one filled with zeros.
template <class F>
constexpr void each_word(std::string_view text, F&& f) {
  std::size_t at = 0;
  if consteval {
    while (at < text.size()) {
      std::uint64_t word = 0;
      for (std::size_t i = 0; i < 8 && at + i < text.size(); ++i) {
        word |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[at + i])) << (8 * i);
      }
      f(word, at);
      at += 8;
    }
  } else {
    for (; at + 8 <= text.size(); at += 8) f(load_word(text.data() + at), at);
    if (at < text.size()) f(last_word(text, text.size() - at), at);
  }
}

// A to Z to lower case in all eight bytes at once.
constexpr std::uint64_t fold_word(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ull, kHigh = 0x80 * kOnes;
  const std::uint64_t low = word & ~kHigh;
  const std::uint64_t from_a = low + (0x80 - 'A') * kOnes;
  const std::uint64_t past_z = low + (0x80 - 'Z' - 1) * kOnes;
  return word | ((from_a & ~past_z & ~word & kHigh) >> 2);
}

// The engine's one hash: of folded action names and condition keys. It only chooses a place; every
// hit is verified by comparing the text, so a collision costs time and never a wrong answer.
class TextHash {
 public:
  constexpr explicit TextHash(std::size_t size) : value_(size * kMultiplier) {}
  constexpr void add(std::uint64_t word) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(value_ ^ word) * kMultiplier;
    value_ = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  constexpr std::uint64_t value() const { return value_; }

 private:
  static constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15ull;
  std::uint64_t value_;
};

constexpr std::uint64_t hash_text(std::string_view text) {
  TextHash hash(text.size());
  each_word(text, [&](std::uint64_t word, std::size_t) { hash.add(word); });
  return hash.value();
}
// hash_text of the text in lower case.
constexpr std::uint64_t hash_folded(std::string_view text) {
  TextHash hash(text.size());
  each_word(text, [&](std::uint64_t word, std::size_t) { hash.add(fold_word(word)); });
  return hash.value();
}

// Equal bytes, the last ones first: ARNs and names begin alike.
inline bool equal_bytes(const char* a, const char* b, std::size_t size) {
  if (size >= 8) {
    if (load_word(a + size - 8) != load_word(b + size - 8)) return false;
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      if (load_word(a + at) != load_word(b + at)) return false;
    }
    return true;
  }
  if (size >= 4) {
    return load_half_word(a) == load_half_word(b) &&
           load_half_word(a + size - 4) == load_half_word(b + size - 4);
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}
inline bool equal_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() && equal_bytes(a.data(), b.data(), a.size());
}

}  // namespace rolecall::policy
