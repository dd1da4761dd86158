#include "identity/last_used.h"

namespace rolecall::identity {

void LastUsed::note(std::string_view id, Instant at, std::string_view region,
                    std::string_view service) {
  Shard& home = shard(id);
  const std::lock_guard lock(home.mutex);
  auto found = home.entries.find(id);
  if (found == home.entries.end()) found = home.entries.emplace(std::string(id), Entry{}).first;
  LastUse& use = found->second.use;
  if (at < use.at) return;
  use.at = at;
  use.region.assign(region);
  use.service.assign(service);
  found->second.changed = true;
}

std::optional<LastUse> LastUsed::find(std::string_view id) const {
  {
    const Shard& home = shard(id);
    const std::lock_guard lock(home.mutex);
    const auto found = home.entries.find(id);
    if (found != home.entries.end()) return found->second.use;
  }
  return loader_ ? loader_(id) : std::nullopt;
}

std::vector<std::pair<std::string, LastUse>> LastUsed::take_changed() {
  std::vector<std::pair<std::string, LastUse>> out;
  for (Shard& home : shards_) {
    const std::lock_guard lock(home.mutex);
    const bool crowded = home.entries.size() > kShardKeptMax;
    for (auto at = home.entries.begin(); at != home.entries.end();) {
      if (at->second.changed) {
        out.emplace_back(at->first, at->second.use);
        at->second.changed = false;
      } else if (crowded) {
        at = home.entries.erase(at);  // written in an earlier round
        continue;
      }
      ++at;
    }
  }
  return out;
}

void LastUsed::put_back(std::vector<std::pair<std::string, LastUse>> entries) {
  for (auto& [id, use] : entries) note(id, use.at, use.region, use.service);
}

void LastUsed::clear() {
  for (Shard& home : shards_) {
    const std::lock_guard lock(home.mutex);
    home.entries.clear();
  }
}

}  // namespace rolecall::identity
