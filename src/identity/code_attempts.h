// How often a one-time code was guessed wrong, by device. Six digits are found by trying in seconds
// where nobody counts (AWS throttles; its figures are not published). In memory only: a restart
// forgives.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace rolecall::identity {

// So many wrong codes in a row shut a device …
inline constexpr int kWrongCodesMax = 10;
// … for this long, twice as long each time that as many follow, up to the second figure. A guesser
// gets a thousand codes a day; a person with the device waits half a minute.
inline constexpr std::int64_t kCodeLockSeconds = 30;
inline constexpr std::int64_t kCodeLockSecondsMax = 15 * 60;
// After a day without a wrong code a device begins anew.
inline constexpr std::int64_t kWrongCodesForgottenSeconds = 24 * 3600;

// Any thread. Call it with serial numbers of devices that are there: they bound its size.
class CodeAttempts {
 public:
  // While true every code is refused, the right one too, and counts for nothing.
  bool is_locked(std::string_view serial, Instant now) const;
  void note_wrong(std::string_view serial, Instant now);
  void note_right(std::string_view serial);

 private:
  struct Device {
    int wrong = 0;  // since the last lock
    int locks = 0;  // since the last right code
    Instant last;   // wrong code
    Instant until;  // locked before this
  };
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Device> devices_;
};

}  // namespace rolecall::identity
