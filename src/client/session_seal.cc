#include "client/session_seal.h"

#include "base/encoding.h"
#include "keys/kernel_keyring.h"

namespace rolecall::client {
namespace {

constexpr std::uint32_t kKeyId = 3;
constexpr std::string_view kHead = "rolecall-session 1 ";
const std::string& description() {
  static const std::string text = "rolecall:sessions";
  return text;
}

std::string purpose(std::string_view name) { return "rolecall session " + std::string(name); }

}  // namespace

std::optional<SessionSeal> SessionSeal::find() {
  const auto keyring = keys::KernelKeyring::open();
  auto kept = keyring ? keyring->read(description()) : std::nullopt;
  if (!kept) return std::nullopt;
  auto key = crypto::SealingKey::create(kKeyId, std::move(*kept));
  if (!key) return std::nullopt;
  return SessionSeal(std::move(*key));
}

Result<SessionSeal> SessionSeal::find_or_make(Random& random) {
  if (auto found = find()) return std::move(*found);
  RC_TRY(const auto keyring, keys::KernelKeyring::open());
  const auto made = crypto::SealingKey::generate(kKeyId, random);
  RC_CHECK(keyring.write(description(), made.key()));
  // Somebody else may have made one at the same moment: the one that stayed is everybody's.
  if (auto found = find()) return std::move(*found);
  return fault("the kernel's keyring did not keep the key of sessions");
}

bool SessionSeal::is_sealed(std::string_view text) { return text.starts_with(kHead); }

std::string SessionSeal::seal(std::string_view text, std::string_view name, Random& random) const {
  return std::string(kHead) + base64_encode(key_.seal(text, purpose(name), random)) + "\n";
}

std::optional<Secret> SessionSeal::open(std::string_view text, std::string_view name) const {
  if (!text.starts_with(kHead) || !text.ends_with('\n')) return std::nullopt;
  text.remove_prefix(kHead.size());
  text.remove_suffix(1);
  const auto sealed = base64_decode(text);
  return sealed ? key_.open(*sealed, purpose(name)) : std::nullopt;
}

}  // namespace rolecall::client
