// Ctrl-C (and SIGTERM) as a descriptor that becomes readable, so that every wait ends at once and
// what was begun is cleaned up.
#pragma once

#include <csignal>

#include "base/result.h"

namespace rolecall::transfer {

// While one lives, SIGINT and SIGTERM are blocked in this thread and those it starts. One at a
// time; made and destroyed by the same thread.
class Cancel {
 public:
  Cancel();
  ~Cancel();
  Cancel(const Cancel&) = delete;
  Cancel& operator=(const Cancel&) = delete;

  int fd() const { return fd_; }
  // Any thread.
  bool requested() const;
  // 128 and the signal's number; 0 when none came. Takes the signal: to be asked once, at the end.
  int take_status();

 private:
  int fd_;
  sigset_t before_;
};

}  // namespace rolecall::transfer
