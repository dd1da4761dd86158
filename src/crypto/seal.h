// Authenticated encryption (AES-256-GCM) with named keys, and key derivation (HKDF-SHA256).
// Sealed text: version 1 | key id (4 bytes, big-endian) | nonce (12) | ciphertext | tag (16).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace rolecall::crypto {

inline constexpr std::size_t kSealingKeyBytes = 32;  // AES-256
inline constexpr std::size_t kSealNonceBytes = 12;   // GCM's own size (SP 800-38D 5.2.1.1)
inline constexpr std::size_t kSealTagBytes = 16;
inline constexpr std::size_t kSealOverheadBytes = 1 + 4 + kSealNonceBytes + kSealTagBytes;

// One key. Copyable, shared freely between threads; wiped when destroyed.
// Random 96-bit nonces: rotate before 2^32 seals with one key (SP 800-38D 8.3).
class SealingKey {
 public:
  // A Fault unless `key` is kSealingKeyBytes long.
  static Result<SealingKey> create(std::uint32_t id, Secret key);
  static SealingKey generate(std::uint32_t id, Random& random);

  std::uint32_t id() const { return id_; }
  // For storing it (sealed by another key).
  const Secret& key() const { return key_; }

  // `associated` is bound to the text, not stored: open() must be given the same. Say in it what
  // the text is for, so that one kind of sealed text cannot pass for another.
  std::string seal(std::string_view plain, std::string_view associated, Random& random) const;
  // nullopt when it was not sealed by this key for this purpose, or was altered.
  std::optional<Secret> open(std::string_view sealed, std::string_view associated) const;

 private:
  SealingKey(std::uint32_t id, Secret key);
  std::uint32_t id_ = 0;
  std::uint64_t serial_ = 0;  // tells this key from others in the per-thread cipher contexts
  Secret key_;
};

// The id in the head of a sealed text (unverified: it says which key to try).
std::optional<std::uint32_t> sealing_key_id(std::string_view sealed);

// Several keys: the newest seals, all open. Not synchronised: build it, then share it as const.
class KeyRing {
 public:
  void add(SealingKey key) { keys_.push_back(std::move(key)); }  // becomes the sealing one
  bool empty() const { return keys_.empty(); }
  const SealingKey& newest() const { return keys_.back(); }  // precondition: !empty()
  const std::vector<SealingKey>& keys() const { return keys_; }
  // Precondition: !empty().
  std::string seal(std::string_view plain, std::string_view associated, Random& random) const;
  std::optional<Secret> open(std::string_view sealed, std::string_view associated) const;

 private:
  std::vector<SealingKey> keys_;
};

// RFC 5869. Precondition: length_bytes <= 8160.
Secret hkdf_sha256(std::string_view key, std::string_view salt, std::string_view info,
                   std::size_t length_bytes);

}  // namespace rolecall::crypto
