#include "base/clock.h"

#include <ctime>

namespace rolecall {

Instant SystemClock::now() const {
  timespec ts{};
  clock_gettime(CLOCK_REALTIME, &ts);
  return {(static_cast<std::int64_t>(ts.tv_sec) + offset_seconds_.load()) * 1'000'000 +
          ts.tv_nsec / 1'000};
}

}  // namespace rolecall
