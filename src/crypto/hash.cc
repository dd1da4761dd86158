// The low-level SHA256_* functions are deprecated in OpenSSL 3 but several times faster than EVP
// for the short texts of request signing: an EVP hash costs a fetch or a locked reference count
// and an allocation, HMAC() several of each. They remain in 3.x for compatibility.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/hash.h"

#include <openssl/crypto.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace rolecall::crypto {
namespace {

constexpr std::size_t kSha256BlockBytes = 64;  // HMAC's block, RFC 2104

template <class Context, class State>
Context* as(State& state) {
  static_assert(sizeof(Context) <= sizeof(State));
  static_assert(alignof(Context) <= 8);
  return std::launder(reinterpret_cast<Context*>(state.data()));
}

}  // namespace

void Sha256::reset() { SHA256_Init(::new (state_.data()) SHA256_CTX); }
void Sha256::update(std::string_view bytes) {
  SHA256_Update(as<SHA256_CTX>(state_), bytes.data(), bytes.size());
}
Sha256Digest Sha256::finish() {
  Sha256Digest digest;
  SHA256_Final(digest.data(), as<SHA256_CTX>(state_));
  reset();
  return digest;
}

void Sha1::reset() { SHA1_Init(::new (state_.data()) SHA_CTX); }
void Sha1::update(std::string_view bytes) {
  SHA1_Update(as<SHA_CTX>(state_), bytes.data(), bytes.size());
}
Sha1Digest Sha1::finish() {
  Sha1Digest digest;
  SHA1_Final(digest.data(), as<SHA_CTX>(state_));
  reset();
  return digest;
}

void Sha512::reset() { SHA512_Init(::new (state_.data()) SHA512_CTX); }
void Sha512::update(std::string_view bytes) {
  SHA512_Update(as<SHA512_CTX>(state_), bytes.data(), bytes.size());
}
Sha512Digest Sha512::finish() {
  Sha512Digest digest;
  SHA512_Final(digest.data(), as<SHA512_CTX>(state_));
  reset();
  return digest;
}

void Md5::reset() { MD5_Init(::new (state_.data()) MD5_CTX); }
void Md5::update(std::string_view bytes) {
  MD5_Update(as<MD5_CTX>(state_), bytes.data(), bytes.size());
}
Md5Digest Md5::finish() {
  Md5Digest digest;
  MD5_Final(digest.data(), as<MD5_CTX>(state_));
  reset();
  return digest;
}

Sha256Digest sha256(std::string_view bytes) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  Sha256Digest digest;
  SHA256_Final(digest.data(), &context);
  return digest;
}

Sha1Digest sha1(std::string_view bytes) {
  Sha1 hash;
  hash.update(bytes);
  return hash.finish();
}

Sha512Digest sha512(std::string_view bytes) {
  Sha512 hash;
  hash.update(bytes);
  return hash.finish();
}

Md5Digest md5(std::string_view bytes) {
  Md5 hash;
  hash.update(bytes);
  return hash.finish();
}

std::string sha256_hex(std::string_view bytes) {
  std::string out(64, '\0');
  hex_into(sha256(bytes), out.data());
  return out;
}

std::string md5_hex(std::string_view bytes) {
  std::string out(32, '\0');
  hex_into(md5(bytes), out.data());
  return out;
}

void hex_into(std::span<const std::uint8_t> bytes, char* out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const std::uint8_t byte : bytes) {
    *out++ = kDigits[byte >> 4];
    *out++ = kDigits[byte & 15];
  }
}

HmacKey::HmacKey(std::string_view key) {
  std::array<char, kSha256BlockBytes> block{};
  if (key.size() > block.size()) {
    const Sha256Digest digest = sha256(key);
    std::memcpy(block.data(), digest.data(), digest.size());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  for (char& byte : block) byte = static_cast<char>(byte ^ 0x36);
  inner_.update({block.data(), block.size()});
  for (char& byte : block) byte = static_cast<char>(byte ^ 0x36 ^ 0x5c);
  outer_.update({block.data(), block.size()});
  OPENSSL_cleanse(block.data(), block.size());
}

HmacKey::~HmacKey() {
  OPENSSL_cleanse(inner_.state_.data(), inner_.state_.size());
  OPENSSL_cleanse(outer_.state_.data(), outer_.state_.size());
}

Sha256Digest HmacKey::mac(std::string_view text) const {
  Sha256Digest digest;
  Sha256 hash = inner_;
  hash.update(text);
  SHA256_Final(digest.data(), as<SHA256_CTX>(hash.state_));
  hash = outer_;
  hash.update({reinterpret_cast<const char*>(digest.data()), digest.size()});
  // What stays on the stack is the state after the last block, not the key's.
  SHA256_Final(digest.data(), as<SHA256_CTX>(hash.state_));
  return digest;
}

HmacSha256::~HmacSha256() {
  OPENSSL_cleanse(inner_.state_.data(), inner_.state_.size());
  OPENSSL_cleanse(outer_.state_.data(), outer_.state_.size());
}

Sha256Digest HmacSha256::finish() {
  const Sha256Digest digest = inner_.finish();
  outer_.update({reinterpret_cast<const char*>(digest.data()), digest.size()});
  return outer_.finish();
}

Sha256Digest hmac_sha256(std::string_view key, std::string_view text) {
  return HmacKey(key).mac(text);
}

Sha1Digest hmac_sha1(std::string_view key, std::string_view text) {
  std::array<char, 64> block{};
  if (key.size() > block.size()) {
    const Sha1Digest digest = sha1(key);
    std::memcpy(block.data(), digest.data(), digest.size());
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  for (char& byte : block) byte = static_cast<char>(byte ^ 0x36);
  Sha1 hash;
  hash.update({block.data(), block.size()});
  hash.update(text);
  const Sha1Digest inner = hash.finish();
  for (char& byte : block) byte = static_cast<char>(byte ^ 0x36 ^ 0x5c);
  hash.update({block.data(), block.size()});
  hash.update({reinterpret_cast<const char*>(inner.data()), inner.size()});
  OPENSSL_cleanse(block.data(), block.size());
  return hash.finish();
}

void wipe(std::span<std::uint8_t> bytes) { OPENSSL_cleanse(bytes.data(), bytes.size()); }

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace rolecall::crypto
