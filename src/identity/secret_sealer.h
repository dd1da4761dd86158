// Encrypts secrets on their way to the disk. The store implements it over its master key
// (store/master_key.h); tests may use their own.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace rolecall::identity {

class SecretSealer {
 public:
  virtual ~SecretSealer() = default;
  // `purpose` is bound to the result: open() must be given the same. Any thread.
  virtual std::string seal(const Secret& plain, std::string_view purpose) const = 0;
  // nullopt: not sealed by us for this purpose, or altered.
  virtual std::optional<Secret> open(std::string_view sealed, std::string_view purpose) const = 0;
};

}  // namespace rolecall::identity
