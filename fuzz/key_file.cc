// Any bytes as the encrypted file of keys and as what it holds: refused, or the one spelling of
// what was read.
#include "keys/key_file.h"

#include <cstdlib>

#include "crypto/hash.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rolecall;
  using namespace rolecall::keys;
  std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto file = parse_key_file(text); file && format_key_file(*file) != text) std::abort();
  // With a right sum, or nothing but refusals would be tried.
  const std::string summed = text + "sum " + crypto::sha256_hex(text) + "\n";
  if (const auto file = parse_key_file(summed); file && format_key_file(*file) != summed)
    std::abort();
  if (const auto entry = parse_entry(text); entry && format_entry(*entry).reveal() != text)
    std::abort();
  if (const auto entries = parse_body(text)) {
    const auto again = parse_body(format_body(*entries).reveal());
    if (!again || again->size() != entries->size()) std::abort();
  }
  return 0;
}
