#include "identity/stored_policy.h"

#include <array>
#include <mutex>
#include <unordered_set>

namespace rolecall::identity {
namespace {

// Texts in use now, so that a thousand roles with one trust policy keep it, and its compiled form,
// once. Holds nothing alive: the last owner of a policy takes it out.
class Pool {
 public:
  PolicyRef intern(std::string text, policy::Kind kind) {
    const std::size_t hash = hash_of(text, kind);
    Shard& shard = shard_of(hash);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.slots.find(Wanted{hash, text, kind});
    if (found != shard.slots.end()) {
      if (PolicyRef living = found->living.lock()) return living;
      shard.slots.erase(found);  // its last owner is waiting for our lock to take it out
    }
    const StoredPolicy* made = new StoredPolicy(std::move(text), kind);
    PolicyRef owner(made, [this, hash](const StoredPolicy* policy) { retire(policy, hash); });
    shard.slots.insert(Slot{hash, made, owner});
    return owner;
  }

 private:
  struct Wanted {
    std::size_t hash;
    std::string_view text;
    policy::Kind kind;
  };
  struct Slot {
    std::size_t hash;
    const StoredPolicy* policy;
    std::weak_ptr<const StoredPolicy> living;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(const Slot& slot) const { return slot.hash; }
    std::size_t operator()(const Wanted& wanted) const { return wanted.hash; }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const Slot& a, const Slot& b) const { return a.policy == b.policy; }
    bool operator()(const Wanted& a, const Slot& b) const {
      return a.hash == b.hash && a.kind == b.policy->kind() && a.text == b.policy->text();
    }
    bool operator()(const Slot& a, const Wanted& b) const { return (*this)(b, a); }
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_set<Slot, Hash, Equal> slots;
  };

  static std::size_t hash_of(std::string_view text, policy::Kind kind) {
    return std::hash<std::string_view>{}(text) * 31 + static_cast<std::size_t>(kind);
  }
  Shard& shard_of(std::size_t hash) { return shards_[(hash >> 8) % shards_.size()]; }
  void retire(const StoredPolicy* policy, std::size_t hash) {
    Shard& shard = shard_of(hash);
    {
      const std::lock_guard lock(shard.mutex);
      const auto found = shard.slots.find(Slot{hash, policy, {}});
      if (found != shard.slots.end()) shard.slots.erase(found);
    }
    delete policy;
  }

  std::array<Shard, 64> shards_;
};

}  // namespace

StoredPolicy::StoredPolicy(std::string text, policy::Kind kind)
    : text_(std::move(text)), kind_(kind) {
  text_.shrink_to_fit();
}
StoredPolicy::~StoredPolicy() { delete compiled_.load(std::memory_order_acquire); }

PolicyRef make_policy(std::string text, policy::Kind kind) {
  // Never destroyed: policies may outlive every other static object.
  static Pool& pool = *new Pool;
  return pool.intern(std::move(text), kind);
}

}  // namespace rolecall::identity
