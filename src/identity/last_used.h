// When an access key or a role was last used, where and for what (GetAccessKeyLastUsed,
// RoleLastUsed). Facts of every request: they stay off the writer, are kept in memory and written
// down in batches about once a minute and when the store closes; a crash forgets the last minute.
#pragma once

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace rolecall::identity {

struct LastUse {
  Instant at;
  std::string region;
  std::string service;  // "s3", "iam" …
  bool operator==(const LastUse&) const = default;
};

// Any thread.
class LastUsed {
 public:
  // Where to look for ids that are not in memory; called without a lock held.
  using Loader = std::function<std::optional<LastUse>(std::string_view id)>;
  explicit LastUsed(Loader loader = {}) : loader_(std::move(loader)) {}

  // `id`: access key id (AKIA…) or role id (AROA…). About 50 ns; nothing allocated after the first.
  void note(std::string_view id, Instant at, std::string_view region, std::string_view service);
  // nullopt: never.
  std::optional<LastUse> find(std::string_view id) const;

  // What was noted since the last call. For the store; may forget others of them that are written.
  std::vector<std::pair<std::string, LastUse>> take_changed();
  // Noted again as changed: writing them failed.
  void put_back(std::vector<std::pair<std::string, LastUse>> entries);
  void clear();

 private:
  struct Entry {
    LastUse use;
    bool changed = false;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view id) const { return std::hash<std::string_view>{}(id); }
  };
  struct Shard {
    mutable std::mutex mutex;
    std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries;
  };
  // Written entries beyond this many a shard are forgotten; find() then asks the loader.
  static constexpr std::size_t kShardKeptMax = 1024;

  Shard& shard(std::string_view id) { return shards_[Hash{}(id) % shards_.size()]; }
  const Shard& shard(std::string_view id) const { return shards_[Hash{}(id) % shards_.size()]; }

  Loader loader_;
  std::array<Shard, 16> shards_;
};

}  // namespace rolecall::identity
