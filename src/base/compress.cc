#include "base/compress.h"

#include <zstd.h>

#include "base/error.h"

namespace rolecall {
namespace {

// The texts are a few KB: a better level saves a handful of bytes and costs tens of microseconds.
constexpr int kLevel = 3;

}  // namespace

std::string compress(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const std::size_t size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), kLevel);
  RC_ASSERT(ZSTD_isError(size) == 0);  // compressBound() promised the room
  out.resize(size);
  return out;
}

std::optional<std::string> decompress(std::string_view compressed, std::size_t bytes_max) {
  // compress() always states the size in the frame's head, so there is nothing to grow for.
  const unsigned long long size = ZSTD_getFrameContentSize(compressed.data(), compressed.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > bytes_max) {
    return std::nullopt;
  }
  const std::size_t frame = ZSTD_findFrameCompressedSize(compressed.data(), compressed.size());
  if (ZSTD_isError(frame) != 0 || frame != compressed.size()) return std::nullopt;
  std::string out(static_cast<std::size_t>(size), '\0');
  const std::size_t got =
      ZSTD_decompress(out.data(), out.size(), compressed.data(), compressed.size());
  if (ZSTD_isError(got) != 0 || got != out.size()) return std::nullopt;
  return out;
}

}  // namespace rolecall
