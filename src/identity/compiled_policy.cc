// The one place of this room that compiles policies: programs that never ask for a compiled form
// need not link the engine.
#include "identity/stored_policy.h"
#include "policy/document.h"

namespace rolecall::identity {

const policy::Document& StoredPolicy::compiled() const {
  using Shared = std::shared_ptr<const policy::Document>;
  const Shared* ready = compiled_.load(std::memory_order_acquire);
  if (!ready) {
    // Two threads may compile at once; the first to finish is kept.
    auto mine = std::make_unique<const Shared>(policy::Document::compile(text_, kind_));
    if (compiled_.compare_exchange_strong(ready, mine.get(), std::memory_order_acq_rel,
                                          std::memory_order_acquire)) {
      ready = mine.release();
    }
  }
  return **ready;
}

}  // namespace rolecall::identity
