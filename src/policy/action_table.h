// The table of known actions as codegen/action_table.cc writes it and action_names.cc reads it:
// names by number, and numbers by name through a perfect hash: one byte of displacement, one entry,
// the name.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rolecall::policy {

struct ActionTable {
  static constexpr std::size_t kBuckets = 8'192, kPlaces = 32'768;
  struct Entry {
    std::uint32_t start = 0;    // of the folded name, in the pool
    std::uint16_t id = 0xFFFF;  // an empty place's
    std::uint8_t size = 0;
    std::uint8_t service_size = 0;
  };

  std::uint32_t count = 0;
  std::uint32_t starts_at = 0;  // bytes from here: count + 1 starts of names, by id
  std::uint32_t pool_at = 0;    // bytes from here; eight bytes may be read past its end
  std::uint32_t bytes = 0;
  std::uint8_t displacement[kBuckets] = {};
  Entry entries[kPlaces] = {};

  static std::size_t bucket(std::uint64_t hash) { return hash % kBuckets; }
  static std::size_t place(std::uint64_t hash, std::uint8_t displacement) {
    const std::uint64_t step = (hash >> 40) | 1;
    return ((hash >> 16) + displacement * step) % kPlaces;
  }
};

}  // namespace rolecall::policy
