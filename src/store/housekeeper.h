// The store's background thread: checkpoints when the log has grown, last uses once a minute. It
// writes through the commit loop like everybody else, a part at a time, so that no write waits long
// for it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "identity/last_used.h"
#include "identity/secret_sealer.h"
#include "store/commit_loop.h"

namespace rolecall::store {

struct StoreOptions;

class Housekeeper {
 public:
  Housekeeper(CommitLoop& loop, identity::LastUsed& last_used, const identity::SecretSealer& sealer,
              const Clock& clock)
      : loop_(loop), last_used_(last_used), sealer_(sealer), clock_(clock) {}
  ~Housekeeper() { stop(Closing::discard); }

  // `rows` and `bytes` were replayed at open.
  void start(const StoreOptions& options, std::uint64_t rows, std::uint64_t bytes);
  enum class Closing { keep, discard };
  // With keep: writes last uses, and a checkpoint when it is worth it.
  void stop(Closing closing);

  // These wait; any thread but the writer's.
  Status checkpoint();
  Status reset(const identity::State& to, SqlJob sql);
  Status run_sql(SqlJob job);

 private:
  void run();
  std::uint64_t rows() const { return replayed_rows_ + loop_.counters().log_rows; }
  std::uint64_t bytes() const { return replayed_bytes_ + loop_.counters().log_bytes; }
  bool checkpoint_due() const;
  Status write_last_uses();

  CommitLoop& loop_;
  identity::LastUsed& last_used_;
  const identity::SecretSealer& sealer_;
  const Clock& clock_;
  std::uint64_t rows_max_ = 0, bytes_max_ = 0, rows_at_close_ = 0;
  // Replayed at open and in no checkpoint yet.
  std::atomic<std::uint64_t> replayed_rows_{0}, replayed_bytes_{0};
  // Counts resets: a checkpoint begun before one must not end after it.
  std::atomic<std::uint64_t> epoch_{0};

  std::mutex checkpoint_mutex_;  // one checkpoint at a time
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool due_ = false;
  std::thread thread_;
};

}  // namespace rolecall::store
