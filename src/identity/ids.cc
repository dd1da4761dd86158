#include "identity/ids.h"

#include "base/encoding.h"

namespace rolecall::identity {
namespace {

constexpr std::size_t kUniqueIdTail = 17;
constexpr std::size_t kAccessKeyTailBytes = 10;  // 16 characters of base32
// The first six bytes of the tail, big-endian: a set bit (the ids in use since 2019), forty bits of
// account number, seven random bits.
constexpr std::uint64_t kAccountMask = 0x7fff'ffff'ff80;
constexpr std::uint64_t kAccountPresent = 0x8000'0000'0000;
constexpr int kAccountShift = 7;
constexpr std::uint64_t kAccountsEnd = 1'000'000'000'000;

}  // namespace

std::string make_unique_id(std::string_view prefix, Random& random) {
  return std::string(prefix) + random.text(kUniqueIdTail, kBase32Alphabet);
}

std::string make_access_key_id(std::string_view prefix, AccountId account, Random& random) {
  std::uint8_t tail[kAccessKeyTailBytes];
  random.fill(tail);
  const std::uint64_t head =
      kAccountPresent | account.number() << kAccountShift | (tail[5] & 0x7Fu);
  for (std::size_t i = 0; i < 6; ++i) tail[i] = static_cast<std::uint8_t>(head >> (8 * (5 - i)));
  return std::string(prefix) + base32_encode(as_text(tail));
}

bool is_access_key_id(std::string_view text) {
  if (text.size() != 20 ||
      !(text.starts_with(kAccessKeyPrefix) || text.starts_with(kSessionAccessKeyPrefix))) {
    return false;
  }
  return text.find_first_not_of(kUpperAlnum) == std::string_view::npos;
}

std::optional<AccountId> account_of_access_key(std::string_view access_key_id) {
  if (!is_access_key_id(access_key_id)) return std::nullopt;
  const std::optional<std::string> tail = base32_decode(access_key_id.substr(4));
  if (!tail || tail->size() != kAccessKeyTailBytes) return std::nullopt;
  std::uint64_t head = 0;
  for (std::size_t i = 0; i < 6; ++i) head = head << 8 | static_cast<unsigned char>((*tail)[i]);
  const std::uint64_t account = (head & kAccountMask) >> kAccountShift;
  if ((head & kAccountPresent) == 0 || account >= kAccountsEnd) return std::nullopt;
  return AccountId::from_number(account);
}

Secret make_secret_key(Random& random) { return Secret(random.text(40, kSecretAlphabet)); }

std::string make_canonical_id(Random& random) {
  std::uint8_t bytes[32];
  random.fill(bytes);
  return hex_encode(bytes);
}

}  // namespace rolecall::identity
