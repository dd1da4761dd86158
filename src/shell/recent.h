// What was picked lately and often: a number a name that grows with each use and halves in a week.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "client/environment.h"

namespace rolecall::shell {

inline constexpr std::size_t kRecentNamesMax = 1000;  // the least used go
inline constexpr std::size_t kRecentBytesMax = 512 * 1024;
inline constexpr std::int64_t kHalfLifeSeconds = 7 * 86'400;

class Recent {
 public:
  // Lines `SECONDS WEIGHT NAME`; what cannot be read is left out.
  static Recent parse(std::string_view text);
  std::string format() const;

  void use(std::string_view name, Instant now);
  // 0 for what was never used.
  double weight(std::string_view name, Instant now) const;

 private:
  struct Use {
    std::int64_t at = 0;
    double weight = 0;
  };
  std::map<std::string, Use, std::less<>> uses_;
};

// `recent-profiles` in the cache folder. A file that is not there or broken is empty.
Recent read_recent(const client::Environment& environment);
// Adds a use; two processes wait for each other.
Status note_use(const client::Environment& environment, std::string_view name, Instant now);

}  // namespace rolecall::shell
