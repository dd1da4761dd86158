// Why calls were refused, kept for `explain` and DecodeAuthorizationMessage: the newest
// kDecisionsKept of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "store/sqlite.h"

namespace rolecall::store {

// Some days of ordinary refusals, about 100 MB at worst; an attacker who floods the table pushes
// out old ones, never fills the disk.
inline constexpr std::int64_t kDecisionsKept = 100'000;

struct DecisionRecord {
  std::string id;
  Instant at;
  std::string body;  // JSON
};
// On the writer's connection, inside its transaction.
Status add_decision(Db& db, const DecisionRecord& decision);
Status drop_old_decisions(Db& db, std::int64_t kept);
// On any connection.
Result<std::optional<std::string>> find_decision(Db& db, std::string_view id);

}  // namespace rolecall::store
