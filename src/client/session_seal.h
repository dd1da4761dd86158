// Kept sessions under a key that only the kernel's keyring has (ROLECALL_KEYS_SESSIONS): a copy of
// the files is worth nothing elsewhere, or after a restart.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/seal.h"

namespace rolecall::client {

class SessionSeal {
 public:
  // The key that is there; nullopt for none.
  static std::optional<SessionSeal> find();
  // Fails where the kernel gives no keyring.
  static Result<SessionSeal> find_or_make(Random& random);

  // `name`: the session's, so that one cannot stand in another's place.
  std::string seal(std::string_view text, std::string_view name, Random& random) const;
  // Whether it looks like a sealed file, with whatever key.
  static bool is_sealed(std::string_view text);
  // nullopt: not sealed with this key under this name.
  std::optional<Secret> open(std::string_view text, std::string_view name) const;

 private:
  explicit SessionSeal(crypto::SealingKey key) : key_(std::move(key)) {}
  crypto::SealingKey key_;
};

}  // namespace rolecall::client
