#include "policy/keys.h"

#include <array>

#include "base/encoding.h"
#include "policy/hash.h"

namespace rolecall::policy {
namespace {

constexpr std::array<std::string_view, kKeyCount> kNames = {
#define RC_POLICY_KEY_NAME(enumerator, name) name,
    RC_POLICY_KEYS(RC_POLICY_KEY_NAME)
#undef RC_POLICY_KEY_NAME
};

// Open addressing, filled by the compiler: four times as many places as keys.
constexpr std::size_t kPlaces = 512;
static_assert(kKeyCount * 4 <= kPlaces, "grow kPlaces with the list of keys");
struct Place {
  std::uint8_t key = 0xFF;  // none
  std::uint8_t mark = 0;    // of the hash: spares nearly all comparisons of names that are not here
};
constexpr std::uint8_t mark_of(std::uint64_t hash) { return static_cast<std::uint8_t>(hash >> 56); }
constexpr auto kTable = [] {
  std::array<Place, kPlaces> table{};
  for (std::size_t i = 0; i < kKeyCount; ++i) {
    const std::uint64_t hash = hash_folded(kNames[i]);
    std::size_t at = hash % kPlaces;
    while (table[at].key != 0xFF) at = (at + 1) % kPlaces;
    table[at] = {static_cast<std::uint8_t>(i), mark_of(hash)};
  }
  return table;
}();

}  // namespace

std::string_view key_name(Key key) { return kNames[static_cast<std::size_t>(key)]; }

std::optional<Key> find_key(std::string_view name) { return find_key(name, hash_folded(name)); }

std::optional<Key> find_key(std::string_view name, std::uint64_t folded_hash) {
  for (std::size_t at = folded_hash % kPlaces; kTable[at].key != 0xFF; at = (at + 1) % kPlaces) {
    const Place place = kTable[at];
    if (place.mark == mark_of(folded_hash) && equal_ignoring_case(kNames[place.key], name)) {
      return static_cast<Key>(place.key);
    }
  }
  return std::nullopt;
}

}  // namespace rolecall::policy
