// The store: one data folder, opened by one process. It is the Writer that everybody writes
// through, and hands out what is read beside the snapshot: audit records, decisions, past states,
// reading connections.
//
//   DIR/rolecall.db   log, checkpoints, audit, decisions, object index (SQLite, WAL)
//   DIR/objects/      object bytes (blobs.h)
//   DIR/keys/         the master key (master_key.h), unless it is kept elsewhere
//   DIR/lock          held while a process uses the folder
//
//   RC_TRY(auto key, MasterKey::open_or_create(dir + "/keys/master.key", random));
//   RC_TRY(auto store, Store::open(dir, *key, clock));
//   store->submit(job, done);
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "identity/last_used.h"
#include "identity/secret_sealer.h"
#include "store/audit_log.h"
#include "store/commit_loop.h"
#include "store/connections.h"
#include "store/writer.h"

namespace rolecall::store {

enum class Durability {
  synced,   // every acknowledged write survives a power cut
  unsynced  // survives the process only: temporary data
};

struct StoreOptions {
  Durability durability = Durability::synced;
  // A checkpoint is begun once the log since the last one has grown past either. What a start then
  // replays stays below a tenth of a second.
  std::uint64_t checkpoint_rows = 10'000;
  std::uint64_t checkpoint_bytes = 16u << 20;
  // At close, from this many rows on (below, replaying is faster than it would be to write).
  std::uint64_t checkpoint_rows_at_close = 500;
};

enum class Trail { kept, dropped };

struct OpenFacts {
  std::uint64_t checkpoint_revision = 0;
  std::uint64_t replayed_rows = 0;
};

class Store final : public Writer {
 public:
  // `sealer` and `clock` must outlive the store. A Fault when the folder is in use, unreadable,
  // written by a newer program, or its secrets do not open with this sealer.
  static Result<std::unique_ptr<Store>> open(const std::string& folder,
                                             const identity::SecretSealer& sealer,
                                             const Clock& clock, StoreOptions options = {});
  // In a new temporary folder (0700) that goes with the store; unsynced.
  static Result<std::unique_ptr<Store>> open_temporary(const identity::SecretSealer& sealer,
                                                       const Clock& clock,
                                                       StoreOptions options = {});
  ~Store() override;  // close()

  // ---- Writer (any thread) ----
  void submit(WriteJob job, WriteDone done) override;
  void audit_later(std::string_view record) override;
  identity::Snapshot snapshot() const override;
  // submit() and wait for it. Not on the writer's thread.
  Status write(WriteJob job);

  // ---- decisions (any thread) ----
  // Durable within a second; found at once. The newest kDecisionsKept are kept.
  void put_decision(std::string id, std::string body_json);
  Result<std::optional<std::string>> find_decision(std::string_view id) const;

  // ---- audit (any thread) ----
  const AuditLog& audit() const;
  // Waits until everything submitted, noted or put before is durable. Not on the writer's thread.
  Status flush();

  // ---- facts that stay off the writer ----
  identity::LastUsed& last_used();

  // ---- history ----
  // The state as it was after that revision, replayed from the log; a Fault when the revision is
  // not there yet.
  Result<identity::State> state_at(std::uint64_t revision) const;
  // Back to `state`, an earlier snapshot of this store: later log rows go, and all decisions, last
  // uses and objects, and the audit records unless they are kept. Refused when objects were there
  // at open(), because they could not be put back. Waits. For dev servers.
  Status reset_to(const identity::Snapshot& state, Trail trail = Trail::dropped);
  // Writes a checkpoint now and waits for it.
  Status checkpoint();
  // A consistent copy of the database while it is in use (objects' files are not in it).
  Status backup_to(const std::string& file) const;

  // ---- for the object rooms ----
  const std::string& folder() const;
  std::string database_path() const;
  // Runs on the writer's thread inside a commit, in a savepoint, and waits for it.
  Status run_on_writer(SqlJob job);
  // A reading connection, lent to the calling thread.
  Result<Connections::Lease> read_connection() const;

  // False while the disk refuses writes or the audit backlog grows: refuse calls then.
  bool healthy() const;
  const CommitCounters& counters() const;
  const OpenFacts& open_facts() const;

  // Ends the writer: what is queued is run, what is pending is written, a checkpoint is made when
  // it is worth it. Later submits are refused. Idempotent.
  void close();

 private:
  class Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rolecall::store
