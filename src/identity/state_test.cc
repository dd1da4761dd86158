#include "identity/state.h"

#include <gtest/gtest.h>

namespace rolecall::identity {
namespace {

TEST(State, starts_empty) {
  const State state;
  EXPECT_EQ(state.revision(), 0u);
  EXPECT_EQ(state.account(AccountId::from_number(1)), nullptr);
}

}  // namespace
}  // namespace rolecall::identity
