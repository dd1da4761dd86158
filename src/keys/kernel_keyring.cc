#include "keys/kernel_keyring.h"

#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace rolecall::keys {
namespace {

constexpr const char* kType = "user";

// What stands after the fourth semicolon of "type;uid;gid;perm;description".
std::string_view description_of(std::string_view text) {
  for (int i = 0; i < 4; ++i) {
    const std::size_t semicolon = text.find(';');
    if (semicolon == text.npos) return {};
    if (i == 0 && text.substr(0, semicolon) != kType) return {};
    text.remove_prefix(semicolon + 1);
  }
  return text;
}

}  // namespace

Result<KernelKeyring> KernelKeyring::open() {
  // A keyring is readable by who possesses it: it is linked to this process's own.
  const long persistent =
      ::syscall(SYS_keyctl, KEYCTL_GET_PERSISTENT, -1L, KEY_SPEC_PROCESS_KEYRING);
  if (persistent >= 0) return KernelKeyring(static_cast<std::int32_t>(persistent), true);
  const long user = ::syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1);
  if (user < 0 || ::syscall(SYS_keyctl, KEYCTL_LINK, user, KEY_SPEC_PROCESS_KEYRING) < 0) {
    return fault(std::string("the kernel gives no keyring: ") + std::strerror(errno));
  }
  return KernelKeyring(static_cast<std::int32_t>(user), false);
}

std::int32_t KernelKeyring::find(const std::string& description) const {
  return static_cast<std::int32_t>(
      ::syscall(SYS_keyctl, KEYCTL_SEARCH, id_, kType, description.c_str(), 0));
}

std::optional<Secret> KernelKeyring::read(const std::string& description) const {
  const std::int32_t key = find(description);
  if (key < 0) return std::nullopt;
  std::string value(1024, '\0');
  for (int attempt = 0; attempt < 2; ++attempt) {
    const long size = ::syscall(SYS_keyctl, KEYCTL_READ, key, value.data(), value.size());
    if (size < 0 || static_cast<std::size_t>(size) > kKeyringPayloadBytesMax) break;
    const bool complete = static_cast<std::size_t>(size) <= value.size();
    if (!complete) {
      // The kernel copies nothing into a buffer that is too small.
      value.assign(static_cast<std::size_t>(size), '\0');
      continue;
    }
    value.resize(static_cast<std::size_t>(size));
    return Secret(std::move(value));
  }
  return std::nullopt;
}

Status KernelKeyring::write(const std::string& description, const Secret& value,
                            unsigned seconds) const {
  const std::string_view text = value.reveal();
  if (text.empty() || text.size() > kKeyringPayloadBytesMax) {
    return fault("a key of the kernel's keyring has 1 to 32767 bytes");
  }
  const long key =
      ::syscall(SYS_add_key, kType, description.c_str(), text.data(), text.size(), id_);
  if (key < 0) {
    if (errno == EDQUOT) {
      return fault("the kernel's keyring is full (/proc/sys/kernel/keys/maxkeys and maxbytes)");
    }
    return fault(std::string("the kernel's keyring took no key: ") + std::strerror(errno));
  }
  // An update keeps the old time limit, so it is set either way.
  if (::syscall(SYS_keyctl, KEYCTL_SET_TIMEOUT, key, seconds) < 0) {
    return fault(std::string("a time limit of the kernel's keyring: ") + std::strerror(errno));
  }
  return {};
}

bool KernelKeyring::remove(const std::string& description) const {
  const std::int32_t key = find(description);
  return key >= 0 && ::syscall(SYS_keyctl, KEYCTL_UNLINK, key, id_) == 0;
}

Result<std::vector<std::string>> KernelKeyring::descriptions(std::string_view prefix) const {
  std::vector<std::int32_t> ids(256);
  while (true) {
    const long bytes =
        ::syscall(SYS_keyctl, KEYCTL_READ, id_, ids.data(), ids.size() * sizeof ids[0]);
    if (bytes < 0) return fault(std::string("the kernel's keyring: ") + std::strerror(errno));
    const std::size_t count = static_cast<std::size_t>(bytes) / sizeof ids[0];
    const bool complete = count <= ids.size();
    ids.resize(count);
    if (complete) break;
  }
  std::vector<std::string> out;
  for (const std::int32_t id : ids) {
    char text[1024];
    const long size = ::syscall(SYS_keyctl, KEYCTL_DESCRIBE, id, text, sizeof text);
    if (size <= 1 || static_cast<std::size_t>(size) > sizeof text) continue;  // gone, or not ours
    const std::string_view description = description_of({text, static_cast<std::size_t>(size) - 1});
    if (description.starts_with(prefix)) out.emplace_back(description);
  }
  return out;
}

}  // namespace rolecall::keys
