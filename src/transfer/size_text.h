// Sizes as people read and write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rolecall::transfer {

// "1 Byte", "10 Bytes", "1.0 KiB", "1.2 MiB" … as the AWS CLI prints sizes and speeds.
std::string human_size(double bytes);

// "8MB", "64KiB", "1024": what `multipart_threshold` and its kin are written in.
Result<std::uint64_t> parse_size(std::string_view text);

}  // namespace rolecall::transfer
