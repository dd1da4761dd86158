#include "policy/keys.h"

#include <array>

#include "base/encoding.h"

namespace rolecall::policy {
namespace {

constexpr std::array<std::string_view, kKeyCount> kNames = {
#define RC_POLICY_KEY_NAME(enumerator, name) name,
    RC_POLICY_KEYS(RC_POLICY_KEY_NAME)
#undef RC_POLICY_KEY_NAME
};

constexpr char fold(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

constexpr std::uint32_t fold_hash(std::string_view text) {
  std::uint32_t h = 2166136261u;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(fold(c))) * 16777619u;
  return h;
}

// Open addressing, filled by the compiler: four times as many places as keys.
constexpr std::size_t kPlaces = 512;
static_assert(kKeyCount * 4 <= kPlaces, "grow kPlaces with the list of keys");
constexpr auto kTable = [] {
  std::array<std::uint8_t, kPlaces> table{};
  for (std::uint8_t& place : table) place = 0xFF;
  for (std::size_t i = 0; i < kKeyCount; ++i) {
    std::size_t at = fold_hash(kNames[i]) % kPlaces;
    while (table[at] != 0xFF) at = (at + 1) % kPlaces;
    table[at] = static_cast<std::uint8_t>(i);
  }
  return table;
}();

}  // namespace

std::string_view key_name(Key key) { return kNames[static_cast<std::size_t>(key)]; }

std::optional<Key> find_key(std::string_view name) {
  std::size_t at = fold_hash(name) % kPlaces;
  while (kTable[at] != 0xFF) {
    if (equal_ignoring_case(kNames[kTable[at]], name)) return static_cast<Key>(kTable[at]);
    at = (at + 1) % kPlaces;
  }
  return std::nullopt;
}

}  // namespace rolecall::policy
