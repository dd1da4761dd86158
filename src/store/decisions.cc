#include "store/decisions.h"

#include "store/packing.h"

namespace rolecall::store {

Status add_decision(Db& db, const DecisionRecord& decision) {
  const Packed packed = pack(decision.body);
  return db.query("INSERT OR REPLACE INTO decisions(id, at, raw_bytes, body) VALUES(?1,?2,?3,?4)")
      .bind(1, decision.id)
      .bind(2, decision.at.micros)
      .bind(3, static_cast<std::int64_t>(packed.raw_bytes))
      .bind_blob_view(4, packed.bytes)
      .run();
}

Status drop_old_decisions(Db& db, std::int64_t kept) {
  // Row ids grow with time, so the oldest are the lowest.
  return db.query("DELETE FROM decisions WHERE rowid<=(SELECT max(rowid) FROM decisions)-?1")
      .bind(1, kept)
      .run();
}

Result<std::optional<std::string>> find_decision(Db& db, std::string_view id) {
  Query q = db.query("SELECT raw_bytes, body FROM decisions WHERE id=?1");
  q.bind(1, id);
  RC_TRY(const bool row, q.step());
  if (!row) return std::optional<std::string>();
  RC_TRY(std::string body, unpack(q.text(1), static_cast<std::size_t>(q.integer(0))));
  return std::optional<std::string>(std::move(body));
}

}  // namespace rolecall::store
