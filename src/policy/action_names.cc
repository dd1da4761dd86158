#include "policy/action_names.h"

#include "policy/action_table.h"
#include "policy/hash.h"

// codegen/action_table.cc made it of the catalogue; the assembler puts it into the read-only data,
// of which only the pages that are looked at take memory.
asm(".section .rodata\n"
    ".balign 64\n"
    ".global rolecall_action_table\n"
    "rolecall_action_table:\n"
    ".incbin \"" ROLECALL_ACTION_TABLE
    "\"\n"
    ".previous\n");
extern "C" const rolecall::policy::ActionTable rolecall_action_table;  // NOLINT

namespace rolecall::policy {
namespace {

const char* pool() {
  return reinterpret_cast<const char*>(&rolecall_action_table) + rolecall_action_table.pool_at;
}
const std::uint32_t* starts() {
  return reinterpret_cast<const std::uint32_t*>(
      reinterpret_cast<const char*>(&rolecall_action_table) + rolecall_action_table.starts_at);
}
std::string_view name(std::size_t id) {
  return {pool() + starts()[id], starts()[id + 1] - starts()[id]};
}
// The one entry that may be the name's.
const ActionTable::Entry& entry_of(std::uint64_t hash) {
  const ActionTable& table = rolecall_action_table;
  return table.entries[ActionTable::place(hash, table.displacement[ActionTable::bucket(hash)])];
}

}  // namespace

KnownAction find_padded_action(std::string_view folded, std::uint64_t hash) {
  const ActionTable::Entry& entry = entry_of(hash);
  if (entry.size != folded.size()) return {};
  const char* known = pool() + entry.start;
  std::size_t at = 0;
  for (; at + 8 <= folded.size(); at += 8) {
    if (load_word(known + at) != load_word(folded.data() + at)) return {};
  }
  if (const std::size_t rest = folded.size() - at; rest > 0) {
    const std::uint64_t mask = ~std::uint64_t{0} >> (64 - 8 * rest);
    if ((load_word(known + at) & mask) != load_word(folded.data() + at)) return {};
  }
  return {entry.id, entry.service_size};
}

std::uint16_t find_action_id(std::string_view folded) {
  const ActionTable::Entry& entry = entry_of(hash_text(folded));
  return equal_text({pool() + entry.start, entry.size}, folded) ? entry.id : kUnknownAction;
}

std::size_t action_id_count() { return rolecall_action_table.count; }
std::string_view action_id_name(std::uint16_t id) { return name(id); }

std::pair<std::uint16_t, std::uint16_t> action_ids_with_prefix(std::string_view prefix) {
  // Services follow each other by name and actions by folded name within one, so the names with a
  // prefix that reaches past the colon are neighbours; services are compared without their colon.
  const auto before = [](std::string_view a, std::string_view b) {
    const std::string_view service_a = a.substr(0, a.find(':'));
    const std::string_view service_b = b.substr(0, b.find(':'));
    return service_a != service_b ? service_a < service_b : a < b;
  };
  const std::size_t count = action_id_count();
  std::size_t low = 0, high = count;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    if (before(name(middle), prefix)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  std::size_t end = low;
  while (end < count && name(end).starts_with(prefix)) ++end;
  return {static_cast<std::uint16_t>(low), static_cast<std::uint16_t>(end)};
}

}  // namespace rolecall::policy
