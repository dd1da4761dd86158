#include "policy/action_names.h"
namespace rolecall::policy {
std::uint16_t find_action_id(std::string_view, std::uint64_t) { return kUnknownAction; }
std::size_t action_id_count() { return 0; }
std::string_view action_id_name(std::uint16_t) { return {}; }
std::pair<std::uint16_t, std::uint16_t> action_ids_with_prefix(std::string_view) { return {0, 0}; }
}  // namespace rolecall::policy
