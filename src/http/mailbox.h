// How answers reach a connection's thread from wherever they were made.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "http/message.h"

namespace rolecall::http::internal {

// Belongs to one worker and outlives it in the Reply objects that are still about: after close()
// every message is dropped.
class Mailbox {
 public:
  enum class Kind { answer, abandoned, pause, resume };
  struct Message {
    std::uint64_t connection = 0, serial = 0;
    Kind kind = Kind::answer;
    Response response = {};
  };

  // `wake` is called with the mailbox locked, from any thread, when the first of a batch of
  // messages comes; `deliver` on the worker's thread, for each message.
  void open(std::function<void()> wake, std::function<void(Message&&)> deliver);
  void close();
  // The calling thread is the worker's from now on.
  void adopt_thread();
  void leave_thread();
  bool on_own_thread() const;

  // Delivers at once on the worker's own thread, else queues. Any thread.
  void send(Message&& message);
  // Delivers what is queued. The worker's thread.
  void drain();

 private:
  std::mutex mutex_;
  std::vector<Message> queue_;
  std::function<void()> wake_;  // empty once closed
  std::function<void(Message&&)> deliver_;
};

}  // namespace rolecall::http::internal
