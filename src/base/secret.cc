#include "base/secret.h"

#include <string.h>

namespace rolecall {

void Secret::wipe() noexcept {
  // capacity(), not size(): a moved-from small string keeps its bytes in place.
  if (value_.capacity() > 0) {
    value_.resize(value_.capacity());
    explicit_bzero(value_.data(), value_.size());
    value_.clear();
  }
}

}  // namespace rolecall
