// Memory for the bodies that are gathered whole, over all connections: who sends many large ones at
// once is told to come again, and everybody's small ones pass.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace rolecall::door {

// A body up to this size takes nothing from the budget: nearly all API calls.
inline constexpr std::size_t kBodyBytesFree = 8 * 1024;
// The rest of all larger ones together. Sixteen of the largest, or hundreds of policies.
inline constexpr std::size_t kBodyBytesBudget = std::size_t{32} << 20;

// Any thread.
class BodyBudget {
 public:
  explicit BodyBudget(std::size_t bytes = kBodyBytesBudget) : left_(bytes) {}
  std::size_t left() const { return left_.load(std::memory_order_relaxed); }

  // What one body holds of it; given back when destroyed.
  class Share {
   public:
    explicit Share(BodyBudget& budget) : budget_(budget) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { budget_.left_.fetch_add(held_, std::memory_order_relaxed); }
    // False, and nothing changed, when there is not so much.
    bool grow_to(std::size_t bytes) {
      const std::size_t wanted = bytes > kBodyBytesFree ? bytes - kBodyBytesFree : 0;
      if (wanted <= held_) return true;
      std::size_t left = budget_.left_.load(std::memory_order_relaxed);
      do {
        if (left < wanted - held_) return false;
      } while (!budget_.left_.compare_exchange_weak(left, left - (wanted - held_),
                                                    std::memory_order_relaxed));
      held_ = wanted;
      return true;
    }

   private:
    BodyBudget& budget_;
    std::size_t held_ = 0;
  };

 private:
  std::atomic<std::size_t> left_;
};

}  // namespace rolecall::door
