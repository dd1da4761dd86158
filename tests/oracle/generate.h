// Random policy vectors that are worth deciding: the policies are made from the request's own
// action, resource, principal and context, bent a little, so that most statements match or just
// fail to.
#pragma once

#include <cstdint>
#include <span>

#include "base/json.h"

namespace rolecall::oracle {

// Choices taken from bytes; zeros once they are used up, so every input ends.
class Choices {
 public:
  explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  // 0 <= result < count.
  std::size_t pick(std::size_t count);
  bool one_in(std::size_t count) { return pick(count) == 0; }
  bool exhausted() const { return at_ >= bytes_.size(); }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

json::Value generate_vector(Choices& choices);

}  // namespace rolecall::oracle
