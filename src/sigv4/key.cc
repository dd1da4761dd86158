#include "sigv4/key.h"

#include <algorithm>
#include <functional>

#include "base/encoding.h"
#include "base/error.h"

namespace rolecall::sigv4 {
namespace {

constexpr std::size_t kWays = 4;

std::size_t hash_of(std::string_view access_key_id, const CredentialScope& scope) {
  constexpr std::hash<std::string_view> hash;
  std::size_t h = hash(access_key_id);
  for (const std::string_view part : {scope.date, scope.region, scope.service}) {
    h = h * 0x9E3779B97F4A7C15ull + hash(part);
  }
  return h ^ (h >> 32);
}

}  // namespace

SigningKey SigningKey::derive(const Secret& secret_key, const CredentialScope& scope) {
  std::string start = "AWS4";
  start.append(secret_key.reveal());
  const Secret first(std::move(start));
  crypto::Sha256Digest key = crypto::hmac_sha256(first.reveal(), scope.date);
  key = crypto::hmac_sha256(as_text(key), scope.region);
  key = crypto::hmac_sha256(as_text(key), scope.service);
  key = crypto::hmac_sha256(as_text(key), kTerminator);
  SigningKey derived{crypto::HmacKey(as_text(key))};
  crypto::wipe(key);
  return derived;
}

struct SigningKeyCache::Entry {
  std::size_t hash;
  std::string access_key_id, date, region, service;
  Secret secret_key;
  SigningKey key;

  bool is(std::size_t wanted, std::string_view id, const CredentialScope& scope) const {
    return hash == wanted && access_key_id == id && date == scope.date && region == scope.region &&
           service == scope.service;
  }
};

SigningKeyCache::SigningKeyCache(std::size_t capacity)
    : sets_(std::max(capacity / kWays, std::size_t{1}) * kWays) {}
SigningKeyCache::~SigningKeyCache() = default;

const SigningKey& SigningKeyCache::get(std::string_view access_key_id, const Secret& secret_key,
                                       const CredentialScope& scope) {
  const std::size_t hash = hash_of(access_key_id, scope);
  const auto set =
      sets_.begin() + static_cast<std::ptrdiff_t>(hash % (sets_.size() / kWays) * kWays);
  const auto end = set + kWays;
  auto found = std::find_if(set, end, [&](const std::unique_ptr<Entry>& entry) {
    return entry && entry->is(hash, access_key_id, scope);
  });
  if (found == end ||
      !crypto::equal_constant_time((*found)->secret_key.reveal(), secret_key.reveal())) {
    // Either new, in place of the least recently used, or the key id has another secret now.
    if (found == end) found = end - 1;
    found->reset(new Entry{hash, std::string(access_key_id), std::string(scope.date),
                           std::string(scope.region), std::string(scope.service), secret_key,
                           SigningKey::derive(secret_key, scope)});
  }
  std::rotate(set, found, found + 1);
  return (*set)->key;
}

void SigningKeyCache::clear() {
  for (auto& entry : sets_) entry.reset();
}

std::size_t SigningKeyCache::size() const {
  return static_cast<std::size_t>(std::count_if(
      sets_.begin(), sets_.end(), [](const auto& entry) { return entry != nullptr; }));
}

}  // namespace rolecall::sigv4
