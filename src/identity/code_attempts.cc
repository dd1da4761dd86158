#include "identity/code_attempts.h"

#include <algorithm>

namespace rolecall::identity {

bool CodeAttempts::is_locked(std::string_view serial, Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto found = devices_.find(std::string(serial));
  return found != devices_.end() && now < found->second.until;
}

void CodeAttempts::note_wrong(std::string_view serial, Instant now) {
  const std::lock_guard lock(mutex_);
  Device& device = devices_[std::string(serial)];
  if (device.last.plus_seconds(kWrongCodesForgottenSeconds) < now) device = {};
  device.last = now;
  if (++device.wrong < kWrongCodesMax) return;
  device.wrong = 0;
  const int doublings = std::min(device.locks++, 10);
  device.until = now.plus_seconds(std::min(kCodeLockSeconds << doublings, kCodeLockSecondsMax));
}

void CodeAttempts::note_right(std::string_view serial) {
  const std::lock_guard lock(mutex_);
  devices_.erase(std::string(serial));
}

}  // namespace rolecall::identity
