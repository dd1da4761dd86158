// SHA-256, SHA-1, SHA-512 and MD5: one-shot and incremental; HMAC-SHA256 with a key prepared once.
// Nothing here allocates or fails. A hasher belongs to one thread at a time; a HmacKey may be
// shared by many.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace rolecall::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;
using Sha1Digest = std::array<std::uint8_t, 20>;
using Sha512Digest = std::array<std::uint8_t, 64>;
using Md5Digest = std::array<std::uint8_t, 16>;

// Sha256 h; h.update("a"); h.update("b"); auto digest = h.finish();
// After finish() the hasher is as new.
class Sha256 {
 public:
  Sha256() { reset(); }
  void reset();
  void update(std::string_view bytes);
  Sha256Digest finish();

 private:
  friend class HmacKey;
  friend class HmacSha256;
  alignas(8) std::array<std::byte, 112> state_;  // libcrypto's SHA256_CTX, seen by hash.cc only
};

class Sha1 {
 public:
  Sha1() { reset(); }
  void reset();
  void update(std::string_view bytes);
  Sha1Digest finish();

 private:
  alignas(8) std::array<std::byte, 96> state_;
};

class Sha512 {
 public:
  Sha512() { reset(); }
  void reset();
  void update(std::string_view bytes);
  Sha512Digest finish();

 private:
  alignas(8) std::array<std::byte, 216> state_;
};

// For ETag and Content-MD5 only; proves nothing.
class Md5 {
 public:
  Md5() { reset(); }
  void reset();
  void update(std::string_view bytes);
  Md5Digest finish();

 private:
  alignas(8) std::array<std::byte, 92> state_;
};

Sha256Digest sha256(std::string_view bytes);
Sha1Digest sha1(std::string_view bytes);
Sha512Digest sha512(std::string_view bytes);
Md5Digest md5(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);  // 64 lower-case digits
std::string md5_hex(std::string_view bytes);     // 32 lower-case digits

// Lower-case hex straight into a buffer of twice the size (no allocation).
void hex_into(std::span<const std::uint8_t> bytes, char* out);

// An HMAC key after its two key blocks were absorbed: each mac() then costs two compressions less.
// Wiped when destroyed. mac() is safe from many threads at once.
//   HmacKey key(secret.reveal()); auto tag = key.mac(text);
class HmacKey {
 public:
  explicit HmacKey(std::string_view key);
  HmacKey(const HmacKey&) = default;
  HmacKey& operator=(const HmacKey&) = default;
  ~HmacKey();
  Sha256Digest mac(std::string_view text) const;

 private:
  friend class HmacSha256;
  Sha256 inner_, outer_;
};

// Incremental; holds a copy of the key's state and wipes it.
class HmacSha256 {
 public:
  explicit HmacSha256(const HmacKey& key) : inner_(key.inner_), outer_(key.outer_) {}
  ~HmacSha256();
  void update(std::string_view bytes) { inner_.update(bytes); }
  Sha256Digest finish();  // once

 private:
  Sha256 inner_, outer_;
};

Sha256Digest hmac_sha256(std::string_view key, std::string_view text);
Sha1Digest hmac_sha1(std::string_view key, std::string_view text);  // TOTP only

// Overwrites a digest that was a key; not optimised away.
void wipe(std::span<std::uint8_t> bytes);

// Takes as long for a difference in the first byte as in the last. Lengths are not secret.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace rolecall::crypto
