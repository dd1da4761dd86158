// The catalogue of known actions as numbers: sorted by folded name, so that a service, or any
// prefix, is one run of ids.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

namespace rolecall::policy {

inline constexpr std::uint16_t kUnknownAction = 0xFFFF;

struct KnownAction {
  std::uint16_t id = kUnknownAction;
  std::uint8_t service_size = 0;
};
// `folded` is followed by zeros up to a multiple of eight bytes; `hash` is hash_text of it.
KnownAction find_padded_action(std::string_view folded, std::uint64_t hash);

std::uint16_t find_action_id(std::string_view folded);
std::size_t action_id_count();
// Folded. Precondition: id < action_id_count().
std::string_view action_id_name(std::uint16_t id);
// The ids whose names start with `prefix`: [first, last).
std::pair<std::uint16_t, std::uint16_t> action_ids_with_prefix(std::string_view prefix);

}  // namespace rolecall::policy
