// A chain over the batches of records that the store writes: changing, dropping or reordering a
// record changes every digest after it.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace rolecall::audit {

// 64 hex digits. `previous` is the digest of the batch before, "" for the first.
std::string chain_digest(std::string_view previous, std::span<const std::string> records);

}  // namespace rolecall::audit
