#include "identity/code_attempts.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace rolecall::identity {
namespace {

const Instant kStart = Instant::from_seconds(1'800'000'000);

TEST(CodeAttempts, TenWrongCodesShutADevice) {
  CodeAttempts attempts;
  for (int i = 0; i < kWrongCodesMax; ++i) {
    EXPECT_FALSE(attempts.is_locked("a", kStart)) << i;
    attempts.note_wrong("a", kStart);
  }
  EXPECT_TRUE(attempts.is_locked("a", kStart));
  EXPECT_TRUE(attempts.is_locked("a", kStart.plus_seconds(kCodeLockSeconds - 1)));
  EXPECT_FALSE(attempts.is_locked("a", kStart.plus_seconds(kCodeLockSeconds)));
  EXPECT_FALSE(attempts.is_locked("b", kStart)) << "another device";
  attempts.note_right("a");
  EXPECT_FALSE(attempts.is_locked("a", kStart));
}

// However somebody spreads guesses over time: never more than the bound of them are looked at in a
// day, and who has the device gets in after the longest lock at the latest.
TEST(CodeAttempts, BoundsGuessesOfADay) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    CodeAttempts attempts;
    const std::int64_t pause_max = std::uniform_int_distribution<std::int64_t>(0, 400)(random);
    Instant now = kStart;
    int looked_at = 0;
    for (int asked = 0; asked < 100'000 && now < kStart.plus_seconds(86'400); ++asked) {
      if (!attempts.is_locked("a", now)) {
        ++looked_at;
        attempts.note_wrong("a", now);
      }
      now = now.plus_seconds(std::uniform_int_distribution<std::int64_t>(0, pause_max)(random));
    }
    // 96 locks of a quarter of an hour, and the shorter ones before.
    EXPECT_LE(looked_at, (96 + 6) * kWrongCodesMax) << seed;
    EXPECT_FALSE(attempts.is_locked("a", now.plus_seconds(kCodeLockSecondsMax))) << seed;
  }
}

TEST(CodeAttempts, AModelOfAnyOrderOfCalls) {
  struct Model {
    int wrong = 0, locks = 0;
    Instant last, until;
  };
  for (unsigned seed = 0; seed < 100; ++seed) {
    std::mt19937 random(seed);
    CodeAttempts attempts;
    std::map<std::string, Model> model;
    Instant now = kStart;
    for (int i = 0; i < 2'000; ++i) {
      const std::string serial(1, static_cast<char>('a' + random() % 3));
      now =
          now.plus_seconds(random() % 100 == 0 ? 90'000 : static_cast<std::int64_t>(random() % 20));
      Model& device = model[serial];
      ASSERT_EQ(attempts.is_locked(serial, now), now < device.until);
      if (now < device.until) continue;
      if (random() % 40 == 0) {
        attempts.note_right(serial);
        device = {};
        continue;
      }
      attempts.note_wrong(serial, now);
      if (now.seconds() - device.last.seconds() > kWrongCodesForgottenSeconds) device = {};
      device.last = now;
      if (++device.wrong == 10) {
        std::int64_t length = 30;
        for (int k = 0; k < device.locks && length < 900; ++k) length *= 2;
        device.until = now.plus_seconds(std::min<std::int64_t>(length, 900));
        device.wrong = 0;
        ++device.locks;
      }
    }
  }
}

}  // namespace
}  // namespace rolecall::identity
