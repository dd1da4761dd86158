#include "audit/digest.h"

#include "base/encoding.h"
#include "crypto/hash.h"

namespace rolecall::audit {

std::string chain_digest(std::string_view previous, std::span<const std::string> records) {
  crypto::Sha256 hash;
  // Lengths first, so that no two lists of texts run together into the same bytes.
  const auto add = [&](std::string_view text) {
    hash.update(std::to_string(text.size()));
    hash.update("\n");
    hash.update(text);
  };
  add(previous);
  for (const auto& record : records) add(record);
  return hex_encode(hash.finish());
}

}  // namespace rolecall::audit
