#include "store/housekeeper.h"

#include <chrono>
#include <future>

#include "base/log.h"
#include "identity/codec.h"
#include "store/journal.h"
#include "store/last_used_table.h"
#include "store/store.h"

namespace rolecall::store {
namespace {
constexpr std::chrono::seconds kLastUsedEvery{60};
}

void Housekeeper::start(const StoreOptions& options, std::uint64_t rows, std::uint64_t bytes) {
  rows_max_ = options.checkpoint_rows;
  bytes_max_ = options.checkpoint_bytes;
  rows_at_close_ = options.checkpoint_rows_at_close;
  replayed_rows_ = rows;
  replayed_bytes_ = bytes;
  due_ = checkpoint_due();
  loop_.on_commit([this] {
    if (!checkpoint_due()) return;
    const std::lock_guard lock(mutex_);
    due_ = true;
    wake_.notify_one();
  });
  thread_ = std::thread([this] { run(); });
}

void Housekeeper::stop(Closing closing) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
  }
  wake_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  if (closing == Closing::discard) return;
  Status kept = write_last_uses();
  if (kept && rows() >= rows_at_close_) kept = checkpoint();
  if (!kept) log::error("closing the store", {{"reason", kept.error().text()}});
}

bool Housekeeper::checkpoint_due() const { return rows() >= rows_max_ || bytes() >= bytes_max_; }

void Housekeeper::run() {
  auto next_last_used = std::chrono::steady_clock::now() + kLastUsedEvery;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_until(lock, next_last_used, [this] { return stopping_ || due_; });
    if (stopping_) return;
    const bool due = std::exchange(due_, false);
    lock.unlock();
    Status done;
    if (due && checkpoint_due()) done = checkpoint();
    if (std::chrono::steady_clock::now() >= next_last_used) {
      if (Status written = write_last_uses(); !written) done = std::move(written);
      next_last_used = std::chrono::steady_clock::now() + kLastUsedEvery;
    }
    if (!done) log::error("the store's housekeeping", {{"reason", done.error().text()}});
    lock.lock();
  }
}

Status Housekeeper::run_sql(SqlJob job) {
  std::promise<Status> promise;
  std::future<Status> outcome = promise.get_future();
  loop_.submit_sql(std::move(job),
                   [&promise](Status status) { promise.set_value(std::move(status)); });
  return outcome.get();
}

Status Housekeeper::reset(const identity::State& to, SqlJob sql) {
  std::promise<Status> promise;
  std::future<Status> outcome = promise.get_future();
  loop_.submit_reset(
      to,
      [this, sql = std::move(sql)](Db& db) mutable -> Status {
        ++epoch_;
        last_used_.clear();
        return sql(db);
      },
      [&promise](Status status) { promise.set_value(std::move(status)); });
  return outcome.get();
}

Status Housekeeper::write_last_uses() {
  LastUses uses = last_used_.take_changed();
  if (uses.empty()) return {};
  Status written = run_sql([&uses](Db& db) -> Status { return store::write_last_uses(db, uses); });
  if (!written) last_used_.put_back(std::move(uses));
  return written;
}

Status Housekeeper::checkpoint() {
  const std::lock_guard one(checkpoint_mutex_);
  const std::uint64_t epoch = epoch_;
  // Counted before the snapshot is taken: what comes between is counted for the next one.
  const std::uint64_t new_rows = loop_.counters().log_rows, new_bytes = loop_.counters().log_bytes;
  const identity::Snapshot state = loop_.snapshot();
  const std::uint64_t revision = state->revision();
  std::int64_t parts = 0;
  Status status;
  const auto still_ours = [this, epoch]() -> Status {
    if (epoch_ != epoch) return fault("the state was reset meanwhile");
    return {};
  };
  identity::encode_state(*state, sealer_, journal::kPartBytes, [&](std::string batch) {
    status = run_sql([&](Db& db) -> Status {
      RC_CHECK(still_ours());
      return journal::add_part(db, revision, parts, batch);
    });
    ++parts;
    return status.has_value();
  });
  if (status) {
    status = run_sql([&](Db& db) -> Status {
      RC_CHECK(still_ours());
      return journal::finish_checkpoint(db, revision, clock_.now(), parts);
    });
  }
  RC_CHECK(status);
  replayed_rows_ = 0;
  replayed_bytes_ = 0;
  loop_.checkpoint_taken(new_rows, new_bytes);
  return {};
}

}  // namespace rolecall::store
