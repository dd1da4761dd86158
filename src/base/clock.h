// The one source of time.
#pragma once

#include <atomic>

#include "base/time.h"

namespace rolecall {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

// The machine's time plus an offset that only `dev` servers ever move (POST /_rolecall/clock).
class SystemClock final : public Clock {
 public:
  Instant now() const override;
  void advance_seconds(std::int64_t seconds) { offset_seconds_.fetch_add(seconds); }
  void reset_offset() { offset_seconds_.store(0); }
  std::int64_t offset_seconds() const { return offset_seconds_.load(); }

 private:
  std::atomic<std::int64_t> offset_seconds_{0};
};

// A clock that stands still until it is told. Thread-safe.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Instant at = Instant::from_seconds(1'800'000'000)) : micros_(at.micros) {}
  Instant now() const override { return {micros_.load()}; }
  void set(Instant at) { micros_.store(at.micros); }
  void advance_seconds(std::int64_t seconds) { micros_.fetch_add(seconds * 1'000'000); }

 private:
  std::atomic<std::int64_t> micros_;
};

}  // namespace rolecall
