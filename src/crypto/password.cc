#include "crypto/password.h"

#include <argon2.h>
#include <fmt/format.h>

#include <array>

namespace rolecall::crypto {
namespace {

std::string parameters_prefix() {
  return fmt::format("$argon2id$v={}$m={},t={},p={}$", static_cast<int>(ARGON2_VERSION_13),
                     kArgon2MemoryKib, kArgon2Passes, kArgon2Lanes);
}

}  // namespace

Result<std::string> hash_password(const Secret& password, Random& random) {
  const std::string_view text = password.reveal();
  if (text.size() > kPasswordBytesMax) return fault("the password is too long to hash");
  std::array<std::uint8_t, kArgon2SaltBytes> salt;
  random.fill(salt);
  std::string encoded(argon2_encodedlen(kArgon2Passes, kArgon2MemoryKib, kArgon2Lanes,
                                        kArgon2SaltBytes, kArgon2HashBytes, Argon2_id),
                      '\0');
  const int code = argon2id_hash_encoded(kArgon2Passes, kArgon2MemoryKib, kArgon2Lanes, text.data(),
                                         text.size(), salt.data(), salt.size(), kArgon2HashBytes,
                                         encoded.data(), encoded.size());
  if (code != ARGON2_OK) {
    return fault(fmt::format("argon2: {}", argon2_error_message(code)));
  }
  encoded.resize(encoded.find('\0'));
  return encoded;
}

bool verify_password(std::string_view encoded, const Secret& password) {
  const std::string_view text = password.reveal();
  if (text.size() > kPasswordBytesMax || !encoded.starts_with("$argon2id$")) return false;
  const std::string terminated(encoded);
  return argon2id_verify(terminated.c_str(), text.data(), text.size()) == ARGON2_OK;
}

bool password_needs_rehash(std::string_view encoded) {
  return !encoded.starts_with(parameters_prefix());
}

Result<Secret> derive_key(const Secret& passphrase, std::string_view salt, const Argon2Cost& cost) {
  const std::string_view text = passphrase.reveal();
  if (text.size() > kPasswordBytesMax) return fault("the passphrase is too long");
  std::string key(kArgon2HashBytes, '\0');
  const int code = argon2id_hash_raw(cost.passes, cost.memory_kib, cost.lanes, text.data(),
                                     text.size(), salt.data(), salt.size(), key.data(), key.size());
  if (code != ARGON2_OK) return fault(fmt::format("argon2: {}", argon2_error_message(code)));
  return Secret(std::move(key));
}

}  // namespace rolecall::crypto
