// Signing keys: derived from a secret for one day, region and service; kept for reuse.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "crypto/hash.h"
#include "sigv4/request.h"

namespace rolecall::sigv4 {

// Good for one scope only; wiped when destroyed. sign() is safe from many threads.
class SigningKey {
 public:
  static SigningKey derive(const Secret& secret_key, const CredentialScope& scope);
  crypto::Sha256Digest sign(std::string_view string_to_sign) const {
    return key_.mac(string_to_sign);
  }

 private:
  explicit SigningKey(crypto::HmacKey key) : key_(key) {}
  crypto::HmacKey key_;
};

// 1,024 keys are about 0.5 MiB in each thread and serve as many callers without deriving again.
inline constexpr std::size_t kSigningKeysCachedMax = 1'024;

// Derived keys by access key id, secret, date, region and service. Deriving costs four HMACs; a
// hit costs one hash and a constant-time comparison of the secret. An entry is only found again
// with the same secret, so a replaced secret needs no invalidation.
// Not synchronised: one per thread. Secrets are wiped on eviction and destruction.
class SigningKeyCache {
 public:
  explicit SigningKeyCache(std::size_t capacity = kSigningKeysCachedMax);
  ~SigningKeyCache();
  SigningKeyCache(const SigningKeyCache&) = delete;
  SigningKeyCache& operator=(const SigningKeyCache&) = delete;

  // The reference is valid until the next call.
  const SigningKey& get(std::string_view access_key_id, const Secret& secret_key,
                        const CredentialScope& scope);
  void clear();
  std::size_t size() const;

 private:
  struct Entry;
  std::vector<std::unique_ptr<Entry>> sets_;  // kWays entries to a set, most recently used first
};

}  // namespace rolecall::sigv4
