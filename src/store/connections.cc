#include "store/connections.h"

#include "store/schema.h"

namespace rolecall::store {

Connections::Lease::~Lease() {
  if (!db_) return;
  if (db_->in_transaction()) (void)db_->exec("ROLLBACK");
  const std::lock_guard lock(home_->mutex_);
  home_->idle_.push_back(std::move(db_));
}

Result<Connections::Lease> Connections::lend() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Db> db = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(db));
    }
  }
  RC_TRY(std::unique_ptr<Db> db, Db::open(path_, Access::read));
  RC_CHECK(prepare_reader(*db));
  return Lease(*this, std::move(db));
}

}  // namespace rolecall::store
