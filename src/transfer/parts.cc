#include "transfer/parts.h"

#include <algorithm>

namespace rolecall::transfer {

std::uint64_t part_size(std::uint64_t wanted, std::optional<std::uint64_t> size) {
  std::uint64_t part = std::clamp<std::uint64_t>(wanted, 1, kPartBytesMax);
  if (size) {
    while (part < kPartBytesMax && part_count(*size, part) > kPartsMax) part *= 2;
  }
  return std::clamp(part, kPartBytesMin, kPartBytesMax);
}

}  // namespace rolecall::transfer
