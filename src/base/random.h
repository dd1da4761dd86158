// The one source of randomness. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace rolecall {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  std::uint64_t next_u64();
  // `length` characters drawn evenly from `alphabet` (at most 256 characters).
  std::string text(std::size_t length, std::string_view alphabet);
  // RFC 9562 version 4, lower case with hyphens.
  std::string uuid();
};

// The kernel's generator (getrandom), buffered per thread for small draws.
std::unique_ptr<Random> make_system_random();
// Deterministic, for tests and repeatable runs; never for secrets of a real server.
std::unique_ptr<Random> make_seeded_random(std::uint64_t seed);

inline constexpr std::string_view kUpperAlnum = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
inline constexpr std::string_view kBase32Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
inline constexpr std::string_view kSecretAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace rolecall
