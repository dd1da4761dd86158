// One line a request: when, who asked from where, what was answered, how long it took. Written in
// batches.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"
#include "http/server.h"

namespace rolecall::app {

// Thread-safe. A line costs a format and a lock; the disk is met once a second or every 256 KiB.
class AccessLog {
 public:
  // A path (created 0640, appended to) or "-" for stderr.
  static Result<std::unique_ptr<AccessLog>> open(const std::string& path);
  ~AccessLog();
  void line(const http::RequestHead& head, const http::ServerOptions::Completed& completed);

  explicit AccessLog(int fd);

 private:
  void run();
  int fd_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string pending_;
  bool stopping_ = false;
  std::thread writer_;
};

// The target without what proves identity: signatures, tokens and keys in a presigned query become
// "-".
std::string loggable_target(std::string_view target);

}  // namespace rolecall::app
