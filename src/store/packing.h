// Text squeezed for the database (zstd, the fastest level that pays).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace rolecall::store {

struct Packed {
  std::string bytes;
  std::size_t raw_bytes = 0;  // 0: the bytes are the text itself
};
Packed pack(std::string_view text);
Result<std::string> unpack(std::string_view bytes, std::size_t raw_bytes);

}  // namespace rolecall::store
