#include "store/last_used_table.h"

namespace rolecall::store {

Status write_last_uses(Db& db, const LastUses& uses) {
  for (const auto& [id, use] : uses) {
    RC_CHECK(db.query("INSERT OR REPLACE INTO last_used(id, at, region, service) "
                      "VALUES(?1, ?2, ?3, ?4)")
                 .bind(1, id)
                 .bind(2, use.at.micros)
                 .bind(3, use.region)
                 .bind(4, use.service)
                 .run());
  }
  return {};
}

std::optional<identity::LastUse> load_last_use(Connections& connections, std::string_view id) {
  auto db = connections.lend();
  if (!db) return std::nullopt;
  Query q = (*db)->query("SELECT at, region, service FROM last_used WHERE id=?1");
  q.bind(1, id);
  const Result<bool> row = q.step();
  if (!row || !*row) return std::nullopt;
  return identity::LastUse{{q.integer(0)}, std::string(q.text(1)), std::string(q.text(2))};
}

}  // namespace rolecall::store
