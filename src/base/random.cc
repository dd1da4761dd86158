#include "base/random.h"

#include <sys/random.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#include "base/error.h"

namespace rolecall {
namespace {

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override {
    // One system call serves many small draws; used bytes are wiped as they are handed out.
    struct Buffer {
      std::uint8_t bytes[256];
      std::size_t used = sizeof bytes;
    };
    static thread_local Buffer buffer;
    if (out.size() > sizeof buffer.bytes) return draw(out);
    if (sizeof buffer.bytes - buffer.used < out.size()) {
      draw(buffer.bytes);
      buffer.used = 0;
    }
    std::memcpy(out.data(), buffer.bytes + buffer.used, out.size());
    explicit_bzero(buffer.bytes + buffer.used, out.size());
    buffer.used += out.size();
  }

 private:
  static void draw(std::span<std::uint8_t> out) {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t got = getrandom(out.data() + done, out.size() - done, 0);
      if (got < 0) {
        RC_ASSERT(errno == EINTR);
        continue;
      }
      done += static_cast<std::size_t>(got);
    }
  }
};

// SplitMix64: short, well spread, and the same everywhere.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < out.size(); i += 8) {
      std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
      z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
      z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
      z ^= z >> 31;
      std::memcpy(out.data() + i, &z, std::min<std::size_t>(8, out.size() - i));
    }
  }

 private:
  std::mutex mutex_;
  std::uint64_t state_;
};

}  // namespace

std::uint64_t Random::next_u64() {
  std::uint8_t bytes[8];
  fill(bytes);
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

std::string Random::text(std::size_t length, std::string_view alphabet) {
  RC_ASSERT(!alphabet.empty() && alphabet.size() <= 256);
  std::string out;
  out.reserve(length);
  // Bytes above the largest multiple of the alphabet's size are drawn again, so no letter is
  // favoured.
  const std::size_t limit = 256 / alphabet.size() * alphabet.size();
  std::uint8_t bytes[64];
  while (out.size() < length) {
    fill(bytes);
    for (const std::uint8_t byte : bytes) {
      if (byte < limit && out.size() < length) out.push_back(alphabet[byte % alphabet.size()]);
    }
  }
  return out;
}

std::string Random::uuid() {
  std::uint8_t b[16];
  fill(b);
  b[6] = static_cast<std::uint8_t>((b[6] & 0x0F) | 0x40);
  b[8] = static_cast<std::uint8_t>((b[8] & 0x3F) | 0x80);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    out.push_back(kHex[b[i] >> 4]);
    out.push_back(kHex[b[i] & 15]);
  }
  return out;
}

std::unique_ptr<Random> make_system_random() { return std::make_unique<SystemRandom>(); }
std::unique_ptr<Random> make_seeded_random(std::uint64_t seed) {
  return std::make_unique<SeededRandom>(seed);
}

}  // namespace rolecall
