// A few threads for what waits on the disk (syncing, copying object files), behind a queue that
// says no when it is full.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace rolecall::s3 {

class WorkerPool {
 public:
  // 2 threads keep a disk busy here; 256 jobs are more than a second of syncing, after which a
  // client does better to come again.
  explicit WorkerPool(unsigned threads = 2, std::size_t queue_max = 256);
  ~WorkerPool();  // stop()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Any thread. False, and the job untouched, when the queue is full: answer SlowDown.
  bool submit(std::move_only_function<void()>& job);
  // Waits for what runs, drops what is queued. Later jobs are refused. Call it before anything that
  // jobs refer to goes. Idempotent.
  void stop();

 private:
  void work();
  std::size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::move_only_function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace rolecall::s3
