#include "store/journal.h"

#include "identity/codec.h"

namespace rolecall::store::journal {
namespace {

std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t unsigned_of(std::int64_t value) { return static_cast<std::uint64_t>(value); }

Status apply_bytes(identity::State& state, std::string_view bytes,
                   const identity::SecretSealer& sealer) {
  RC_TRY(const identity::Events events, identity::decode_events(bytes, sealer));
  for (const identity::Event& event : events) state.apply_one(event);
  return {};
}

Status load_checkpoint(Db& db, const identity::SecretSealer& sealer, std::uint64_t upto,
                       Loaded& out) {
  Query head = db.query(
      "SELECT revision, parts FROM checkpoints WHERE revision<=?1 ORDER BY revision DESC LIMIT 1");
  head.bind(1, signed_of(upto));
  RC_TRY(const bool any, head.step());
  if (!any) return {};
  out.checkpoint = unsigned_of(head.integer(0));
  Query parts = db.query("SELECT events FROM checkpoint_parts WHERE revision=?1 ORDER BY part");
  parts.bind(1, head.integer(0));
  std::int64_t seen = 0;
  for (;; ++seen) {
    RC_TRY(const bool row, parts.step());
    if (!row) break;
    RC_CHECK(apply_bytes(out.state, parts.text(0), sealer));
  }
  if (seen != head.integer(1)) return fault("a checkpoint has lost parts");
  out.state.set_revision(out.checkpoint);
  return {};
}

Status replay(Db& db, const identity::SecretSealer& sealer, std::uint64_t upto, Loaded& out) {
  Query rows = db.query(
      "SELECT revision, events FROM log WHERE revision>?1 AND revision<=?2 ORDER BY revision");
  rows.bind(1, signed_of(out.checkpoint));
  rows.bind(2, signed_of(upto));
  for (;;) {
    RC_TRY(const bool row, rows.step());
    if (!row) return {};
    const std::uint64_t revision = unsigned_of(rows.integer(0));
    if (revision != out.state.revision() + 1) return fault("the log has a gap");
    RC_CHECK(apply_bytes(out.state, rows.text(1), sealer));
    out.state.set_revision(revision);
    ++out.log_rows;
    out.log_bytes += rows.text(1).size();
  }
}

}  // namespace

Status append(Db& db, std::uint64_t revision, Instant at, std::string_view events) {
  Query q = db.query("INSERT INTO log(revision, at, events) VALUES(?1, ?2, ?3)");
  return q.bind(1, signed_of(revision)).bind(2, at.micros).bind_blob_view(3, events).run();
}

Status add_part(Db& db, std::uint64_t revision, std::int64_t part, std::string_view events) {
  Query q = db.query(
      "INSERT OR REPLACE INTO checkpoint_parts(revision, part, events) VALUES(?1, ?2, ?3)");
  return q.bind(1, signed_of(revision)).bind(2, part).bind_blob_view(3, events).run();
}

Status finish_checkpoint(Db& db, std::uint64_t revision, Instant at, std::int64_t parts) {
  RC_CHECK(db.query("INSERT OR REPLACE INTO checkpoints(revision, at, parts) VALUES(?1, ?2, ?3)")
               .bind(1, signed_of(revision))
               .bind(2, at.micros)
               .bind(3, parts)
               .run());
  RC_CHECK(db.query("DELETE FROM checkpoints WHERE revision NOT IN "
                    "(SELECT revision FROM checkpoints ORDER BY revision DESC LIMIT 2)")
               .run());
  return db
      .query(
          "DELETE FROM checkpoint_parts WHERE revision NOT IN (SELECT revision FROM checkpoints)")
      .run();
}

Status drop_unfinished(Db& db) {
  return db
      .query(
          "DELETE FROM checkpoint_parts WHERE revision NOT IN (SELECT revision FROM checkpoints)")
      .run();
}

Status drop_after(Db& db, std::uint64_t revision) {
  const std::int64_t r = signed_of(revision);
  RC_CHECK(db.query("DELETE FROM log WHERE revision>?1").bind(1, r).run());
  RC_CHECK(db.query("DELETE FROM checkpoints WHERE revision>?1").bind(1, r).run());
  return db.query("DELETE FROM checkpoint_parts WHERE revision>?1").bind(1, r).run();
}

Result<Loaded> load(Db& db, const identity::SecretSealer& sealer, std::uint64_t upto) {
  Loaded out;
  // One view of the file for both reads.
  RC_CHECK(db.exec("BEGIN"));
  Status read = load_checkpoint(db, sealer, upto, out);
  if (read) read = replay(db, sealer, upto, out);
  (void)db.exec("COMMIT");
  if (!read) return std::move(read).error();
  return out;
}

Result<identity::State> replayed(Db& db, const identity::SecretSealer& sealer,
                                 identity::State state) {
  Loaded out;
  out.checkpoint = state.revision();
  out.state = std::move(state);
  RC_CHECK(replay(db, sealer, kNewest, out));
  return std::move(out.state);
}

}  // namespace rolecall::store::journal
