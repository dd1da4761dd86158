#include "door/body_budget.h"

#include <gtest/gtest.h>

#include <list>
#include <map>
#include <random>
#include <thread>

namespace rolecall::door {
namespace {

TEST(BodyBudget, SmallBodiesAlwaysPass) {
  BodyBudget budget(100);
  BodyBudget::Share large(budget), other(budget), small(budget);
  EXPECT_TRUE(large.grow_to(kBodyBytesFree + 100));
  EXPECT_FALSE(other.grow_to(kBodyBytesFree + 1));
  EXPECT_TRUE(small.grow_to(kBodyBytesFree));
  EXPECT_EQ(budget.left(), 0u);
}

// Any order of growing and going: what is left is what nobody holds, and nobody is refused what
// there is.
TEST(BodyBudget, AModelOfAnyOrder) {
  std::mt19937 random(7);
  constexpr std::size_t kAll = 1'000'000;
  BodyBudget budget(kAll);
  std::list<std::pair<BodyBudget::Share, std::size_t>> shares;
  std::size_t held = 0;
  for (int i = 0; i < 20'000; ++i) {
    if (shares.empty() || random() % 3 == 0)
      shares.emplace_back(std::piecewise_construct, std::forward_as_tuple(budget),
                          std::forward_as_tuple(0u));
    auto at = std::next(shares.begin(), static_cast<std::ptrdiff_t>(random() % shares.size()));
    if (random() % 4 == 0) {
      held -= at->second;
      shares.erase(at);
    } else {
      const std::size_t bytes = random() % 200'000;
      const std::size_t wanted = bytes > kBodyBytesFree ? bytes - kBodyBytesFree : 0;
      const std::size_t more = wanted > at->second ? wanted - at->second : 0;
      ASSERT_EQ(at->first.grow_to(bytes), more <= kAll - held);
      if (more <= kAll - held) {
        held += more;
        at->second += more;
      }
    }
    ASSERT_EQ(budget.left(), kAll - held);
  }
  shares.clear();
  EXPECT_EQ(budget.left(), kAll);
}

TEST(BodyBudget, ManyThreadsNeverTakeMoreThanThereIs) {
  BodyBudget budget(10'000);
  std::atomic<long> taken{0};
  std::atomic<bool> overdrawn{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5'000; ++i) {
        BodyBudget::Share share(budget);
        if (!share.grow_to(kBodyBytesFree + 3'000)) continue;
        if (taken.fetch_add(3'000) + 3'000 > 10'000) overdrawn = true;
        taken.fetch_sub(3'000);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_FALSE(overdrawn);
  EXPECT_EQ(budget.left(), 10'000u);
}

}  // namespace
}  // namespace rolecall::door
