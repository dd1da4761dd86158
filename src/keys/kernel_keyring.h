// The kernel's keyring of this user (keyrings(7), persistent-keyring(7)): memory that no other user
// reads, that is on no disk and gone with the machine's next start. By system calls; no library.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace rolecall::keys {

inline constexpr std::size_t kKeyringPayloadBytesMax = 32'767;  // of the type "user" (keyrings(7))

class KernelKeyring {
 public:
  // The user's persistent keyring (shared by all of the user's logins, gone when unused for three
  // days), else the user keyring (gone with the last process). Fails where there is neither:
  // containers often forbid the calls.
  static Result<KernelKeyring> open();

  // nullopt: no such key, or its time is over.
  std::optional<Secret> read(const std::string& description) const;
  // seconds 0: it stays as long as the keyring.
  Status write(const std::string& description, const Secret& value, unsigned seconds = 0) const;
  bool remove(const std::string& description) const;
  // Of this user's keys that begin so, unordered.
  Result<std::vector<std::string>> descriptions(std::string_view prefix) const;
  bool is_persistent() const { return persistent_; }

 private:
  KernelKeyring(std::int32_t id, bool persistent) : id_(id), persistent_(persistent) {}
  std::int32_t find(const std::string& description) const;  // negative: none
  std::int32_t id_;
  bool persistent_;
};

}  // namespace rolecall::keys
