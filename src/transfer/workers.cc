#include "transfer/workers.h"

#include <csignal>

namespace rolecall::transfer {

Workers::Workers(std::size_t threads, std::size_t queue_max) : queue_max_(queue_max) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  work_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::submit(Task task) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return files_.size() < queue_max_; });
  files_.push_back(std::move(task));
  work_.notify_one();
}

void Workers::submit_part(Task task) {
  const std::lock_guard lock(mutex_);
  parts_.push_back(std::move(task));
  work_.notify_one();
}

void Workers::wait() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return busy_ == 0 && parts_.empty() && files_.empty(); });
}

void Workers::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [this] { return ending_ || !parts_.empty() || !files_.empty(); });
    auto& queue = parts_.empty() ? files_ : parts_;
    if (queue.empty()) return;  // ending, and all is done
    Task task = std::move(queue.front());
    queue.pop_front();
    ++busy_;
    room_.notify_one();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
    if (--busy_ == 0 && parts_.empty() && files_.empty()) idle_.notify_all();
  }
}

}  // namespace rolecall::transfer
