// How a large object is cut into parts.
#pragma once

#include <cstdint>
#include <optional>

namespace rolecall::transfer {

// S3's limits ("Amazon S3 multipart upload limits").
inline constexpr std::uint64_t kPartsMax = 10'000;
inline constexpr std::uint64_t kPartBytesMin = 5ull << 20;  // all but the last
inline constexpr std::uint64_t kPartBytesMax = 5ull << 30;
inline constexpr std::uint64_t kObjectBytesMax = 5ull << 40;

// The part size to use where `wanted` is configured: doubled until kPartsMax parts suffice for
// `size` (nullopt: not known), within the limits above.
std::uint64_t part_size(std::uint64_t wanted, std::optional<std::uint64_t> size);

// Parts of `size` bytes; at least one.
inline std::uint64_t part_count(std::uint64_t size, std::uint64_t part) {
  return size == 0 ? 1 : (size + part - 1) / part;
}

}  // namespace rolecall::transfer
