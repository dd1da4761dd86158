// The log and its checkpoints: how a state is written down and read back.
#pragma once

#include <limits>

#include "base/result.h"
#include "identity/secret_sealer.h"
#include "identity/state.h"
#include "store/sqlite.h"

namespace rolecall::store::journal {

inline constexpr std::uint64_t kNewest = std::numeric_limits<std::int64_t>::max();
// A part of a checkpoint: small enough that the write of one does not hold up a commit.
inline constexpr std::size_t kPartBytes = 256 * 1024;

// ---- on the writer's connection, inside its transaction ----
Status append(Db& db, std::uint64_t revision, Instant at, std::string_view events);
Status add_part(Db& db, std::uint64_t revision, std::int64_t part, std::string_view events);
// Makes the checkpoint valid and drops all but it and the one before.
Status finish_checkpoint(Db& db, std::uint64_t revision, Instant at, std::int64_t parts);
// Parts of checkpoints that were never finished.
Status drop_unfinished(Db& db);
Status drop_after(Db& db, std::uint64_t revision);

// ---- on any connection ----
struct Loaded {
  identity::State state;
  std::uint64_t checkpoint = 0;  // the revision of the checkpoint it began with
  std::uint64_t log_rows = 0;    // replayed after it
  std::uint64_t log_bytes = 0;
};
// The state after `upto` (or the newest revision, if that is less). A Fault when rows are missing,
// altered or sealed with another key.
Result<Loaded> load(Db& db, const identity::SecretSealer& sealer, std::uint64_t upto = kNewest);
// `state` with the rows that follow its revision.
Result<identity::State> replayed(Db& db, const identity::SecretSealer& sealer,
                                 identity::State state);

}  // namespace rolecall::store::journal
