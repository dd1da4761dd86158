#include "store/packing.h"

#include <zstd.h>

namespace rolecall::store {
namespace {
constexpr std::size_t kPackFrom = 1024;          // below, a frame's head eats the gain
constexpr std::size_t kRawBytesMax = 64u << 20;  // no row of ours is larger; bounds a bad file
constexpr int kLevel = 1;
}  // namespace

Packed pack(std::string_view text) {
  if (text.size() < kPackFrom || text.size() > kRawBytesMax) return {std::string(text), 0};
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), kLevel);
  if (ZSTD_isError(size) || size >= text.size()) return {std::string(text), 0};
  out.resize(size);
  return {std::move(out), text.size()};
}

Result<std::string> unpack(std::string_view bytes, std::size_t raw_bytes) {
  if (raw_bytes == 0) return std::string(bytes);
  if (raw_bytes > kRawBytesMax) return fault("a packed row claims too much");
  std::string out(raw_bytes, '\0');
  const std::size_t got = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(got) || got != raw_bytes) return fault("a packed row is damaged");
  return out;
}

}  // namespace rolecall::store
