#include "crypto/seal.h"

#include <openssl/evp.h>

#include <atomic>
#include <cstring>
#include <memory>

#include "base/encoding.h"
#include "crypto/hash.h"

namespace rolecall::crypto {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kHeadBytes = 1 + 4;

const std::uint8_t* octets(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}
std::uint8_t* octets(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }
int length(std::size_t bytes) {
  RC_ASSERT(bytes <= 0x7FFFFFFF);  // what EVP can count
  return static_cast<int>(bytes);
}

// Fetched once: EVP_aes_256_gcm() would look the implementation up for every message.
const EVP_CIPHER* aes_256_gcm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  RC_ASSERT(cipher != nullptr);
  return cipher;
}

// A context that remembers which key it was set up for: preparing AES and GHASH tables costs more
// than sealing a token. One per thread and direction; it keeps the expanded key until the thread
// ends or another key is used.
struct Context {
  std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> evp{EVP_CIPHER_CTX_new(),
                                                                      &EVP_CIPHER_CTX_free};
  std::uint64_t serial = 0;
};
thread_local Context t_sealing;
thread_local Context t_opening;

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

SealingKey::SealingKey(std::uint32_t id, Secret key)
    : id_(id), serial_(next_serial()), key_(std::move(key)) {}

Result<SealingKey> SealingKey::create(std::uint32_t id, Secret key) {
  if (key.reveal().size() != kSealingKeyBytes) return fault("a sealing key must be 32 bytes long");
  return SealingKey(id, std::move(key));
}

SealingKey SealingKey::generate(std::uint32_t id, Random& random) {
  std::string key(kSealingKeyBytes, '\0');
  random.fill({octets(key), key.size()});
  return SealingKey(id, Secret(std::move(key)));
}

std::string SealingKey::seal(std::string_view plain, std::string_view associated,
                             Random& random) const {
  std::string out(kSealOverheadBytes + plain.size(), '\0');
  out[0] = kVersion;
  for (std::size_t i = 0; i < 4; ++i) out[1 + i] = static_cast<char>(id_ >> (24 - 8 * i));
  std::uint8_t* const nonce = octets(out) + kHeadBytes;
  random.fill({nonce, kSealNonceBytes});
  std::uint8_t* const body = nonce + kSealNonceBytes;

  Context& context = t_sealing;
  EVP_CIPHER_CTX* const evp = context.evp.get();
  const bool same_key = context.serial == serial_;
  context.serial = 0;  // until this message is through
  int n = 0;
  const bool ok =
      EVP_EncryptInit_ex2(evp, same_key ? nullptr : aes_256_gcm(),
                          same_key ? nullptr : octets(key_.reveal()), nonce, nullptr) == 1 &&
      EVP_EncryptUpdate(evp, nullptr, &n, octets(out), length(kHeadBytes)) == 1 &&
      (associated.empty() ||
       EVP_EncryptUpdate(evp, nullptr, &n, octets(associated), length(associated.size())) == 1) &&
      (plain.empty() ||
       EVP_EncryptUpdate(evp, body, &n, octets(plain), length(plain.size())) == 1) &&
      EVP_EncryptFinal_ex(evp, body + plain.size(), &n) == 1 &&
      EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_AEAD_GET_TAG, length(kSealTagBytes), body + plain.size()) ==
          1;
  RC_ASSERT(ok);  // GCM cannot fail on these inputs
  context.serial = serial_;
  return out;
}

std::optional<Secret> SealingKey::open(std::string_view sealed, std::string_view associated) const {
  if (sealed.size() < kSealOverheadBytes || sealing_key_id(sealed) != id_) return std::nullopt;
  const std::uint8_t* const nonce = octets(sealed) + kHeadBytes;
  const std::uint8_t* const body = nonce + kSealNonceBytes;
  const std::size_t size = sealed.size() - kSealOverheadBytes;
  std::string plain(size, '\0');
  std::array<std::uint8_t, kSealTagBytes> tag;
  std::memcpy(tag.data(), body + size, tag.size());

  Context& context = t_opening;
  EVP_CIPHER_CTX* const evp = context.evp.get();
  const bool same_key = context.serial == serial_;
  context.serial = 0;
  int n = 0;
  const bool ready =
      EVP_DecryptInit_ex2(evp, same_key ? nullptr : aes_256_gcm(),
                          same_key ? nullptr : octets(key_.reveal()), nonce, nullptr) == 1 &&
      EVP_DecryptUpdate(evp, nullptr, &n, octets(sealed), length(kHeadBytes)) == 1 &&
      (associated.empty() ||
       EVP_DecryptUpdate(evp, nullptr, &n, octets(associated), length(associated.size())) == 1) &&
      (size == 0 || EVP_DecryptUpdate(evp, octets(plain), &n, body, length(size)) == 1) &&
      EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_AEAD_SET_TAG, length(tag.size()), tag.data()) == 1;
  if (ready) context.serial = serial_;  // a wrong tag leaves the key in place
  // The Secret takes the text before it is known to be genuine, so that it is wiped if not.
  const bool genuine = ready && EVP_DecryptFinal_ex(evp, octets(plain) + size, &n) == 1;
  Secret secret(std::move(plain));
  if (!genuine) return std::nullopt;
  return secret;
}

std::optional<std::uint32_t> sealing_key_id(std::string_view sealed) {
  if (sealed.size() < kHeadBytes || sealed[0] != kVersion) return std::nullopt;
  std::uint32_t id = 0;
  for (std::size_t i = 1; i < kHeadBytes; ++i) {
    id = (id << 8) | static_cast<unsigned char>(sealed[i]);
  }
  return id;
}

std::string KeyRing::seal(std::string_view plain, std::string_view associated,
                          Random& random) const {
  RC_ASSERT(!keys_.empty());
  return keys_.back().seal(plain, associated, random);
}

std::optional<Secret> KeyRing::open(std::string_view sealed, std::string_view associated) const {
  const auto id = sealing_key_id(sealed);
  if (!id) return std::nullopt;
  for (auto key = keys_.rbegin(); key != keys_.rend(); ++key) {
    if (key->id() == *id) return key->open(sealed, associated);
  }
  return std::nullopt;
}

Secret hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info,
                   std::size_t length_bytes) {
  RC_ASSERT(length_bytes <= 255 * sizeof(Sha256Digest));
  // An absent salt is a block of zeros, which is what HMAC makes of an empty key.
  const HmacKey extracted(as_text(hmac_sha256(salt, key)));
  std::string out;
  out.reserve(length_bytes + sizeof(Sha256Digest));
  Sha256Digest block;
  for (char counter = 1; out.size() < length_bytes; ++counter) {
    HmacSha256 mac(extracted);
    if (counter != 1) mac.update(as_text(block));
    mac.update(info);
    mac.update({&counter, 1});
    block = mac.finish();
    out.append(as_text(block));
  }
  out.resize(length_bytes);
  return Secret(std::move(out));
}

}  // namespace rolecall::crypto
