// The writer's thread: takes what is queued, runs it against the newest state, commits once,
// publishes, answers. The only thing that changes the database.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "identity/secret_sealer.h"
#include "store/audit_log.h"
#include "store/decisions.h"
#include "store/objects.h"
#include "store/sqlite.h"
#include "store/writer.h"

namespace rolecall::store {

// Jobs waiting: at 8,000 writes a second, a second's worth. Beyond, an answer at once is better
// than a later one.
inline constexpr std::size_t kQueueMax = 8192;
// Records of reads wait this long at most, so that they share a commit ("within a second").
inline constexpr std::chrono::milliseconds kAuditDelay{400};
// Sooner when there is this much of them.
inline constexpr std::size_t kAuditFlushBytes = 1u << 20;
// While the disk refuses, records wait in memory. From here on healthy() is false and the front
// door should refuse calls rather than lose their records …
inline constexpr std::size_t kAuditBacklogBytes = 32u << 20;
// … and here the oldest go, counted and logged, rather than the process.
inline constexpr std::size_t kAuditDropBytes = 256u << 20;
inline constexpr std::size_t kDecisionsPendingMax = 10'000;
// Several clients that write at once share commits best when those just answered are waited for:
// they come back with their next write in a fraction of the time that a sync takes. So the loop
// waits for as many as the last commit met, at most this fraction of what it took, and no longer
// than this. One writer alone is never waited for, nor is anybody when commits are fast.
inline constexpr int kGatherFraction = 2;
inline constexpr std::chrono::microseconds kGatherMax{2'000};
inline constexpr std::chrono::microseconds kGatherWorthwhile{200};
// How many jobs the next commit waits for; 0: it begins at once. `met`: those that the last commit
// answered and those that were waiting when it ended; `took`: how long it was.
std::size_t jobs_to_gather(std::size_t met, std::chrono::steady_clock::duration took);

// A commit takes no further job once it has worked this long.
inline constexpr std::chrono::milliseconds kCommitWork{50};

// Work of the store itself inside a commit. Runs on the writer's thread.
using SqlJob = std::move_only_function<Status(Db&)>;

struct CommitCounters {
  std::atomic<std::uint64_t> commits{0};   // durable transactions
  std::atomic<std::uint64_t> writes{0};    // jobs that were committed with events or rows
  std::atomic<std::uint64_t> refusals{0};  // jobs that refused
  std::atomic<std::uint64_t> failures{0};  // transactions that failed
  std::atomic<std::uint64_t> log_rows{0};  // since the last checkpoint
  std::atomic<std::uint64_t> log_bytes{0};
  std::atomic<std::uint64_t> audit_records{0};
  std::atomic<std::uint64_t> audit_dropped{0};
};

class CommitLoop {
 public:
  CommitLoop(std::unique_ptr<Db> db, identity::State state, const identity::SecretSealer& sealer,
             const Clock& clock);
  ~CommitLoop();  // stop()

  void submit(WriteJob job, WriteDone done);
  void submit_sql(SqlJob job, WriteDone done);
  // Runs alone; the state becomes `to` when it succeeds.
  void submit_reset(identity::State to, SqlJob job, WriteDone done);
  void audit_later(std::string_view record);
  void put_decision(std::string id, std::string body);
  // Not yet written ones only.
  std::optional<std::string> find_pending_decision(std::string_view id) const;

  identity::Snapshot snapshot() const;
  bool healthy() const;
  const CommitCounters& counters() const { return counters_; }
  void checkpoint_taken(std::uint64_t rows, std::uint64_t bytes);
  // Called on the writer's thread after each commit. Set before the first submit.
  void on_commit(std::function<void()> hook) { commit_hook_ = std::move(hook); }

  // Runs what is queued, writes what is pending, ends the thread. Later jobs are refused.
  void stop();

 private:
  struct Job {
    WriteJob write;
    SqlJob sql;
    std::optional<identity::State> reset;
    WriteDone done;
  };
  struct Pending {
    AuditLines audit;
    Instant audit_since;
    std::vector<DecisionRecord> decisions;
    bool empty() const { return audit.empty() && decisions.empty(); }
  };
  class Transaction;

  void enqueue(Job job);
  void run();
  void gather(std::unique_lock<std::mutex>& lock, std::size_t taken);
  bool wait_for_work(std::deque<Job>& jobs, Pending& pending);
  void commit(std::deque<Job>& jobs, Pending& pending);
  void commit_reset(Job job);
  Status recover();
  Status run_job(Job& job, Transaction& txn);
  Status write_pending(Pending& pending, Transaction& txn);
  void publish();
  void give_back(Pending pending);

  std::unique_ptr<Db> db_;
  ObjectTxn objects_;
  identity::State state_;  // the writer's thread only
  const identity::SecretSealer& sealer_;
  const Clock& clock_;
  std::function<void()> commit_hook_;
  CommitCounters counters_;
  std::int64_t decisions_written_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  Pending pending_;
  const std::vector<DecisionRecord>* decisions_in_flight_ = nullptr;  // still to be found
  std::chrono::steady_clock::time_point pending_since_;
  std::chrono::steady_clock::time_point retry_at_{};
  std::atomic<bool> failing_{false};
  bool stopping_ = false;
  std::size_t gathering_ = 0;  // the writer is woken when so many wait; 0: by the first
  // Of the last commit; the writer's thread only.
  std::size_t met_ = 0;
  std::chrono::steady_clock::duration took_{};
  std::chrono::steady_clock::time_point ended_{};

  const std::uint64_t serial_;  // tells loops apart in per-thread copies
  std::atomic<std::uint64_t> generation_{1};
  mutable std::mutex publish_mutex_;
  identity::Snapshot published_;

  std::thread thread_;
};

}  // namespace rolecall::store
