#include "store/schema.h"

#include <array>

#include "store/objects.h"

namespace rolecall::store {
namespace {

// Step n brings a file from version n to n + 1. Never change one that was released: add another.
constexpr std::array<const char*, 1> kMigrations = {R"sql(
-- One row for each write: the events it made (identity/codec.h). Revisions have no gaps.
CREATE TABLE log(revision INTEGER PRIMARY KEY, at INTEGER NOT NULL, events BLOB NOT NULL);
-- The whole state at a revision, in parts. A checkpoint without its head is not finished.
CREATE TABLE checkpoint_parts(revision INTEGER NOT NULL, part INTEGER NOT NULL,
  events BLOB NOT NULL, PRIMARY KEY(revision, part));
CREATE TABLE checkpoints(revision INTEGER PRIMARY KEY, at INTEGER NOT NULL, parts INTEGER NOT NULL);
-- Audit records, many to a row: JSON lines, zstd when `raw_bytes` is not 0.
CREATE TABLE audit(segment INTEGER PRIMARY KEY, first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL, records INTEGER NOT NULL, raw_bytes INTEGER NOT NULL,
  lines BLOB NOT NULL);
-- The reasons of refusals, for `explain`; the oldest go when there are too many.
CREATE TABLE decisions(id TEXT PRIMARY KEY, at INTEGER NOT NULL, raw_bytes INTEGER NOT NULL,
  body BLOB NOT NULL);
CREATE TABLE last_used(id TEXT PRIMARY KEY, at INTEGER NOT NULL, region TEXT NOT NULL,
  service TEXT NOT NULL) WITHOUT ROWID;
)sql"};

Result<std::size_t> version_of(Db& db) {
  Query q = db.query("SELECT value FROM meta WHERE name='schema'");
  RC_TRY(const bool row, q.step());
  return row ? static_cast<std::size_t>(q.integer(0)) : std::size_t{0};
}

Status migrate(Db& db) {
  RC_CHECK(db.exec("CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID"));
  RC_TRY(const std::size_t version, version_of(db));
  if (version > kMigrations.size()) {
    return fault("the data was written by a newer version of this program");
  }
  for (std::size_t step = version; step < kMigrations.size(); ++step) {
    RC_CHECK(db.exec(kMigrations[step]));
  }
  if (version < kMigrations.size()) {
    Query q = db.query("INSERT OR REPLACE INTO meta(name, value) VALUES('schema', ?1)");
    q.bind(1, static_cast<std::int64_t>(kMigrations.size()));
    RC_CHECK(q.run());
  }
  return db.exec(std::string(object_schema()).c_str());
}

}  // namespace

Status prepare_database(Db& db, bool durable) {
  // wal_autocheckpoint: pages (16 MiB) after which a commit also moves the WAL into the database,
  // which costs it two more syncs. cache_size: KiB, the writer's working set.
  // synchronous comes first: the change to WAL mode writes the file, and syncs it if it must.
  RC_CHECK(db.exec(durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF"));
  RC_CHECK(
      db.exec("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=4000;"
              "PRAGMA cache_size=-4096; PRAGMA temp_store=MEMORY"));
  RC_CHECK(db.exec("BEGIN IMMEDIATE"));
  if (Status done = migrate(db); !done) {
    (void)db.exec("ROLLBACK");
    return done;
  }
  return db.exec("COMMIT");
}

Status prepare_reader(Db& db) { return db.exec("PRAGMA query_only=1; PRAGMA cache_size=-512"); }

}  // namespace rolecall::store
