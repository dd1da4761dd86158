// The threads that move things. Files wait in a short queue that the listing side fills; parts of a
// file already begun go before them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace rolecall::transfer {

class Workers {
 public:
  using Task = std::move_only_function<void()>;

  // Tasks must not throw. Signals stay with the threads that exist already.
  Workers(std::size_t threads, std::size_t queue_max);
  ~Workers();  // after everything submitted is done
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // A new file: waits while `queue_max` files are waiting. Not to be called by a task.
  void submit(Task task);
  // A piece of a file that has begun. Never waits.
  void submit_part(Task task);
  // Until nothing is left to do.
  void wait();

 private:
  void run();
  std::mutex mutex_;
  std::condition_variable work_, room_, idle_;
  std::deque<Task> parts_, files_;
  std::size_t queue_max_, busy_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace rolecall::transfer
