#include "store/commit_loop.h"

#include <exception>

#include "base/log.h"
#include "identity/codec.h"
#include "store/journal.h"

namespace rolecall::store {
namespace {

constexpr std::chrono::seconds kRetryPending{1};
constexpr std::int64_t kPruneDecisionsEvery = 1000;

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

// One commit: the SQL transaction, and what the jobs in it did to the state.
class CommitLoop::Transaction final : public WriteTxn {
 public:
  explicit Transaction(CommitLoop& loop)
      : loop_(loop), status_(loop.db_->exec("BEGIN IMMEDIATE")) {}
  // Leaves the state as published when it was not committed.
  ~Transaction() override {
    if (loop_.db_->in_transaction()) (void)loop_.db_->exec("ROLLBACK");
    if (!committed_ && changed_) loop_.state_ = *loop_.published_;
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  const identity::State& state() const override { return loop_.state_; }
  void apply(const identity::Events& events) override {
    for (const identity::Event& event : events) loop_.state_.apply_one(event);
    job_events_.insert(job_events_.end(), events.begin(), events.end());
    changed_ = changed_ || !events.empty();
  }
  ObjectTxn& objects() override {
    if (!savepoint_) {
      savepoint_ = true;
      note(loop_.db_->exec("SAVEPOINT job"));
    }
    return loop_.objects_;
  }
  void audit(std::string_view record) override { audit_.add(record); }

  Db& db_with_savepoint() {
    (void)objects();
    return *loop_.db_;
  }
  // Not ok: the whole commit has failed; SQLite may have rolled it back already.
  const Status& status() const { return status_; }
  void note(Status status) {
    if (status_ && !status) status_ = std::move(status);
    // A full disk and its like end the transaction under us: nothing of it may be said to be done.
    if (status_ && !loop_.db_->in_transaction()) status_ = fault("the transaction was rolled back");
  }

  void accept_job() {
    bool persistent = false;
    for (const identity::Event& event : job_events_) {
      persistent = persistent || identity::is_persistent(event);
    }
    if (persistent) {
      const std::uint64_t revision = loop_.state_.revision() + 1;
      const std::string bytes = identity::encode_events(job_events_, loop_.sealer_);
      note(journal::append(*loop_.db_, revision, loop_.clock_.now(), bytes));
      loop_.state_.set_revision(revision);
      ++log_rows;
      log_bytes += bytes.size();
    }
    wrote = wrote || persistent || savepoint_;
    if (savepoint_) note(loop_.db_->exec("RELEASE job"));
    if (!job_events_.empty())
      accepted_.push_back({std::move(job_events_), loop_.state_.revision()});
    end_job();
  }
  void undo_job() {
    if (savepoint_ && loop_.db_->in_transaction()) {
      note(loop_.db_->exec("ROLLBACK TO job"));
      note(loop_.db_->exec("RELEASE job"));
    }
    // Rare (a refusal comes before any event), so jobs pay nothing in advance for it: begin again
    // from what is published.
    if (!job_events_.empty()) {
      loop_.state_ = *loop_.published_;
      for (const Accepted& job : accepted_) {
        for (const identity::Event& event : job.events) loop_.state_.apply_one(event);
        loop_.state_.set_revision(job.revision);
      }
    }
    end_job();
  }

  const AuditLines& audit_records() const { return audit_; }
  bool has_changes() const { return !accepted_.empty(); }
  void commit() {
    if (!status_) return;
    // A failed COMMIT may have ended the transaction too (SQLite rolls back on some errors): only
    // its own word counts.
    status_ = loop_.db_->exec("COMMIT");
    committed_ = status_.has_value();
  }
  bool committed() const { return committed_; }

  std::uint64_t log_rows = 0, log_bytes = 0;
  bool wrote = false;

 private:
  struct Accepted {
    identity::Events events;
    std::uint64_t revision;
  };
  void end_job() {
    job_events_.clear();
    savepoint_ = false;
  }

  CommitLoop& loop_;
  Status status_;
  identity::Events job_events_;
  std::vector<Accepted> accepted_;
  AuditLines audit_;
  bool savepoint_ = false;
  bool changed_ = false;
  bool committed_ = false;
};

CommitLoop::CommitLoop(std::unique_ptr<Db> db, identity::State state,
                       const identity::SecretSealer& sealer, const Clock& clock)
    : db_(std::move(db)),
      objects_(db_->handle()),
      state_(std::move(state)),
      sealer_(sealer),
      clock_(clock),
      serial_(next_serial()),
      published_(std::make_shared<const identity::State>(state_)),
      thread_([this] { run(); }) {}

CommitLoop::~CommitLoop() { stop(); }

void CommitLoop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void CommitLoop::enqueue(Job job) {
  {
    const std::lock_guard lock(mutex_);
    // The store's own few jobs pass a full queue: they help to empty it.
    if (!stopping_ && (!job.write || queue_.size() < kQueueMax)) {
      queue_.push_back(std::move(job));
      if (queue_.size() >= gathering_) wake_.notify_one();
      return;
    }
  }
  job.done(ApiError::service_unavailable("too many writes are waiting"));
}

void CommitLoop::submit(WriteJob job, WriteDone done) {
  enqueue({.write = std::move(job), .sql = {}, .reset = {}, .done = std::move(done)});
}
void CommitLoop::submit_sql(SqlJob job, WriteDone done) {
  enqueue({.write = {}, .sql = std::move(job), .reset = {}, .done = std::move(done)});
}
void CommitLoop::submit_reset(identity::State to, SqlJob job, WriteDone done) {
  enqueue({.write = {}, .sql = std::move(job), .reset = std::move(to), .done = std::move(done)});
}

void CommitLoop::audit_later(std::string_view record) {
  const Instant now = clock_.now();
  const std::lock_guard lock(mutex_);
  const bool first = pending_.empty();
  if (pending_.audit.empty()) pending_.audit_since = now;
  if (first) pending_since_ = std::chrono::steady_clock::now();
  pending_.audit.add(record);
  if (pending_.audit.bytes() > kAuditDropBytes) {
    const std::size_t gone = pending_.audit.drop_older_half();
    counters_.audit_dropped += gone;
    log::error("audit records were lost: the disk refuses them",
               {{"records", std::to_string(gone)}});
  }
  // The thread sleeps until the first record comes; then it wakes by itself.
  if (first || pending_.audit.bytes() >= kAuditFlushBytes) wake_.notify_one();
}

void CommitLoop::put_decision(std::string id, std::string body) {
  const Instant now = clock_.now();
  const std::lock_guard lock(mutex_);
  const bool first = pending_.empty();
  if (first) pending_since_ = std::chrono::steady_clock::now();
  if (pending_.decisions.size() >= kDecisionsPendingMax) {
    pending_.decisions.erase(pending_.decisions.begin(),
                             pending_.decisions.begin() + kDecisionsPendingMax / 2);
  }
  pending_.decisions.push_back({std::move(id), now, std::move(body)});
  if (first) wake_.notify_one();
}

std::optional<std::string> CommitLoop::find_pending_decision(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  for (const DecisionRecord& decision : pending_.decisions) {
    if (decision.id == id) return decision.body;
  }
  if (decisions_in_flight_) {
    for (const DecisionRecord& decision : *decisions_in_flight_) {
      if (decision.id == id) return decision.body;
    }
  }
  return std::nullopt;
}

identity::Snapshot CommitLoop::snapshot() const {
  // Each thread has a State of its own over the shared structure: handing it out touches no counter
  // that another thread touches.
  struct Seen {
    std::uint64_t serial = 0, generation = 0;
    identity::Snapshot state;
  };
  thread_local Seen seen;
  const std::uint64_t generation = generation_.load(std::memory_order_acquire);
  if (seen.serial != serial_ || seen.generation != generation) {
    identity::Snapshot newest;
    {
      const std::lock_guard lock(publish_mutex_);
      newest = published_;
      seen.generation = generation_.load(std::memory_order_relaxed);
    }
    seen.state = std::make_shared<const identity::State>(*newest);
    seen.serial = serial_;
  }
  return seen.state;
}

void CommitLoop::publish() {
  auto next = std::make_shared<const identity::State>(state_);
  const std::lock_guard lock(publish_mutex_);
  published_ = std::move(next);
  generation_.fetch_add(1, std::memory_order_release);
}

bool CommitLoop::healthy() const {
  if (failing_.load(std::memory_order_relaxed)) return false;
  const std::lock_guard lock(mutex_);
  return !stopping_ && pending_.audit.bytes() < kAuditBacklogBytes;
}

void CommitLoop::checkpoint_taken(std::uint64_t rows, std::uint64_t bytes) {
  counters_.log_rows -= rows;
  counters_.log_bytes -= bytes;
}

std::size_t jobs_to_gather(std::size_t met, std::chrono::steady_clock::duration took) {
  return met < 3 || took < kGatherWorthwhile ? 0 : met;
}

// Waits until those whom the last commit answered have come back.
void CommitLoop::gather(std::unique_lock<std::mutex>& lock, std::size_t taken) {
  const std::size_t wanted = jobs_to_gather(met_, took_);
  if (taken + queue_.size() >= wanted) return;
  const auto patience =
      std::min<std::chrono::steady_clock::duration>(took_ / kGatherFraction, kGatherMax);
  gathering_ = wanted - taken;
  wake_.wait_until(lock, ended_ + patience,
                   [this] { return stopping_ || queue_.size() >= gathering_; });
  gathering_ = 0;
}

// False: it is time to end.
bool CommitLoop::wait_for_work(std::deque<Job>& jobs, Pending& pending) {
  std::unique_lock lock(mutex_);
  const auto pending_due = [this] {
    const auto now = std::chrono::steady_clock::now();
    if (failing_) return now >= retry_at_;
    return pending_.audit.bytes() >= kAuditFlushBytes || now >= pending_since_ + kAuditDelay;
  };
  while (jobs.empty() && queue_.empty() && !stopping_) {
    if (failing_) {
      // Calls are refused meanwhile, so nobody else would find out that the disk is well again.
      if (std::chrono::steady_clock::now() >= retry_at_) break;
      wake_.wait_until(lock, retry_at_);
    } else if (pending_.empty()) {
      wake_.wait(lock);
    } else if (pending_due()) {
      break;
    } else {
      wake_.wait_until(lock, pending_since_ + kAuditDelay);
    }
  }
  if (stopping_ && jobs.empty() && queue_.empty() && pending_.empty()) return false;
  if (!queue_.empty()) gather(lock, jobs.size());
  if (jobs.empty()) {
    jobs.swap(queue_);
  } else {
    for (Job& job : queue_) jobs.push_back(std::move(job));
    queue_.clear();
  }
  if (stopping_ || !failing_ || pending_due()) {
    pending = std::exchange(pending_, {});
    decisions_in_flight_ = &pending.decisions;
  }
  return true;
}

void CommitLoop::give_back(Pending pending) {
  const std::lock_guard lock(mutex_);
  decisions_in_flight_ = nullptr;
  if (stopping_) {
    if (pending.audit.empty()) return;
    counters_.audit_dropped += pending.audit.count();
    log::error("audit records were lost: the disk refuses them at the end",
               {{"records", std::to_string(pending.audit.count())}});
    return;
  }
  pending.audit.add_all(pending_.audit);
  for (DecisionRecord& d : pending_.decisions) pending.decisions.push_back(std::move(d));
  if (pending.audit_since == Instant()) pending.audit_since = pending_.audit_since;
  pending_ = std::move(pending);
}

void CommitLoop::run() {
  std::deque<Job> jobs;
  for (;;) {
    Pending pending;
    if (!wait_for_work(jobs, pending)) return;
    if (!jobs.empty() && jobs.front().reset) {
      // What came before belongs to the state that is thrown away.
      {
        const std::lock_guard lock(mutex_);
        decisions_in_flight_ = nullptr;
      }
      Job job = std::move(jobs.front());
      jobs.pop_front();
      commit_reset(std::move(job));
      continue;
    }
    commit(jobs, pending);
  }
}

Status CommitLoop::run_job(Job& job, Transaction& txn) {
  try {
    return job.write ? job.write(txn) : job.sql(txn.db_with_savepoint());
  } catch (const std::exception& error) {
    return fault(std::string("a write threw: ") + error.what());
  }
}

Status CommitLoop::write_pending(Pending& pending, Transaction& txn) {
  const Instant now = clock_.now();
  if (!pending.audit.empty()) {
    RC_CHECK(append_audit(*db_, pending.audit, pending.audit_since, now));
  }
  if (!txn.audit_records().empty()) {
    RC_CHECK(append_audit(*db_, txn.audit_records(), now, now));
  }
  for (const DecisionRecord& decision : pending.decisions) RC_CHECK(add_decision(*db_, decision));
  decisions_written_ += static_cast<std::int64_t>(pending.decisions.size());
  if (decisions_written_ >= kPruneDecisionsEvery) {
    decisions_written_ = 0;
    RC_CHECK(drop_old_decisions(*db_, kDecisionsKept));
  }
  return {};
}

// After a commit that failed nobody knows what of it is on the disk: its frames may lie whole at
// the end of the WAL, where the next start would find them. So the first transaction afterwards
// looks what the log says, and writes something: that takes the place of those frames.
Status CommitLoop::recover() {
  Query last = db_->query("SELECT max(revision) FROM log");
  RC_TRY(const bool any, last.step());
  const auto logged = any ? static_cast<std::uint64_t>(last.integer(0)) : 0;
  if (logged > state_.revision()) {
    RC_TRY(state_, journal::replayed(*db_, sealer_, state_));
    publish();
    log::warning("a commit that seemed to fail is in the log",
                 {{"revision", std::to_string(logged)}});
  }
  Query probe = db_->query("INSERT OR REPLACE INTO meta(name, value) VALUES('recovered', ?1)");
  return probe.bind(1, clock_.now().micros).run();
}

void CommitLoop::commit(std::deque<Job>& jobs, Pending& pending) {
  struct Outcome {
    WriteDone done;
    Status status;
  };
  std::vector<Outcome> outcomes;
  std::uint64_t accepted = 0, refused = 0;
  Status committed;
  const auto start = std::chrono::steady_clock::now();
  {
    Transaction txn(*this);
    if (failing_ && txn.status()) txn.note(recover());
    while (!jobs.empty() && !jobs.front().reset &&
           (outcomes.empty() || std::chrono::steady_clock::now() - start < kCommitWork)) {
      Job job = std::move(jobs.front());
      jobs.pop_front();
      Status status;
      if (txn.status()) {
        status = run_job(job, txn);
        if (status) {
          txn.accept_job();
          ++accepted;
        } else {
          txn.undo_job();
          ++refused;
        }
        txn.note({});
      }
      outcomes.push_back({std::move(job.done), std::move(status)});
      if (!txn.status()) break;
    }
    counters_.audit_records += pending.audit.count() + txn.audit_records().count();
    if (txn.status()) txn.note(write_pending(pending, txn));
    txn.commit();
    if (txn.committed()) {
      if (txn.has_changes()) publish();
      counters_.commits += 1;
      counters_.writes += accepted;
      counters_.refusals += refused;
      counters_.log_rows += txn.log_rows;
      counters_.log_bytes += txn.log_bytes;
    } else {
      committed = txn.status();
    }
  }
  if (committed) {
    failing_ = false;
    const std::lock_guard lock(mutex_);
    decisions_in_flight_ = nullptr;
  } else {
    ++counters_.failures;
    const auto now = std::chrono::steady_clock::now();
    if (!failing_ || now >= retry_at_) {
      log::error("the store cannot write", {{"reason", committed.error().text()}});
    }
    {
      const std::lock_guard lock(mutex_);
      retry_at_ = now + kRetryPending;
    }
    failing_ = true;
    give_back(std::move(pending));
  }
  ended_ = std::chrono::steady_clock::now();
  took_ = ended_ - start;
  {
    const std::lock_guard lock(mutex_);
    met_ = outcomes.size() + jobs.size() + queue_.size();
  }
  for (Outcome& outcome : outcomes) {
    outcome.done(committed ? std::move(outcome.status) : Status(committed.error()));
  }
  if (committed && commit_hook_) commit_hook_();
}

void CommitLoop::commit_reset(Job job) {
  Status status = db_->exec("BEGIN IMMEDIATE");
  if (status) status = job.sql(*db_);
  if (status) status = db_->exec("COMMIT");
  if (!status && db_->in_transaction()) (void)db_->exec("ROLLBACK");
  if (status) {
    state_ = std::move(*job.reset);
    publish();
    counters_.log_rows = 0;
    counters_.log_bytes = 0;
  }
  job.done(std::move(status));
}

}  // namespace rolecall::store
