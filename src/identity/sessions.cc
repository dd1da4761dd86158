#include "identity/sessions.h"

#include <array>
#include <atomic>

#include "base/encoding.h"
#include "crypto/hash.h"
#include "crypto/seal.h"
#include "identity/ids.h"
#include "identity/session_codec.h"
#include "policy/kind.h"

namespace rolecall::identity {
namespace {

constexpr std::string_view kPurpose = "rolecall session token 1";
constexpr std::size_t kWays = 4;
constexpr std::size_t kSets = kOpenedSessionsPerThread / kWays;
constexpr std::size_t kSecretBytes = 30;  // 40 characters of base64, as AWS's secrets have

std::uint32_t epoch_of(Instant issued) {
  return static_cast<std::uint32_t>(issued.seconds() / kSessionKeySeconds);
}

// The keys of one day.
struct EpochKeys {
  std::uint32_t epoch;
  crypto::SealingKey sealing;
  crypto::HmacKey secrets;
};

EpochKeys derive_keys(const Secret& master_key, std::uint32_t epoch) {
  const std::string day = std::to_string(epoch);
  auto sealing = crypto::SealingKey::create(
      epoch, crypto::hkdf_sha256(master_key.reveal(), "", "rolecall session seal 1 " + day,
                                 crypto::kSealingKeyBytes));
  RC_ASSERT(sealing.has_value());  // of the right length by construction
  const Secret secrets =
      crypto::hkdf_sha256(master_key.reveal(), "", "rolecall session secret 1 " + day, 32);
  return {epoch, std::move(*sealing), crypto::HmacKey(secrets.reveal())};
}

struct Opened {
  std::size_t hash = 0;
  std::string token;
  std::shared_ptr<const Session> session;
};

// What a thread remembers of the one sealer it uses; another sealer starts it afresh.
struct ThreadCache {
  std::uint64_t serial = 0;
  // Today's, yesterday's and the day before's live at once (36 hours, Rule 604); one to spare.
  std::array<std::unique_ptr<EpochKeys>, 4> keys;
  std::size_t next_key = 0;
  std::unique_ptr<std::array<std::array<Opened, kWays>, kSets>> opened;
};

ThreadCache& thread_cache(std::uint64_t serial) {
  static thread_local ThreadCache cache;
  if (cache.serial != serial) {
    cache = ThreadCache();
    cache.serial = serial;
  }
  return cache;
}

const EpochKeys& keys_of(ThreadCache& cache, const Secret& master_key, std::uint32_t epoch) {
  for (const auto& keys : cache.keys) {
    if (keys != nullptr && keys->epoch == epoch) return *keys;
  }
  auto& slot = cache.keys[cache.next_key];
  cache.next_key = (cache.next_key + 1) % cache.keys.size();
  slot = std::make_unique<EpochKeys>(derive_keys(master_key, epoch));
  return *slot;
}

Secret derive_secret(const EpochKeys& keys, const Session& session) {
  // The id alone has 40 random bits; with the principal, the name and the second, two sessions
  // that share a secret would have to be the same one.
  std::string text;
  text.reserve(128);
  text.append(session.access_key_id).push_back('\n');
  text.append(session.principal_id).push_back('\n');
  text.append(session.name).push_back('\n');
  text.append(std::to_string(session.issued.seconds()));
  const auto digest = keys.secrets.mac(text);
  return Secret(base64_encode(as_text(digest).substr(0, kSecretBytes)));
}

}  // namespace

SessionSealer::SessionSealer(Secret master_key) : master_key_(std::move(master_key)) {
  static std::atomic<std::uint64_t> last{0};
  serial_ = ++last;
}

IssuedCredentials SessionSealer::issue(Session session, Random& random) const {
  session.issued = session.issued.truncated_to_seconds();
  session.expires = session.expires.truncated_to_seconds();
  session.access_key_id = make_access_key_id(kSessionAccessKeyPrefix, session.account, random);
  const EpochKeys& keys = keys_of(thread_cache(serial_), master_key_, epoch_of(session.issued));
  IssuedCredentials out;
  out.secret_access_key = derive_secret(keys, session);
  out.session_token = base64_encode(keys.sealing.seal(encode_session(session), kPurpose, random));
  RC_ASSERT(out.session_token.size() <= kSessionTokenBytesMax);
  out.expires = session.expires;
  out.access_key_id = std::move(session.access_key_id);
  return out;
}

std::shared_ptr<const Session> SessionSealer::open(std::string_view token) const {
  if (token.empty() || token.size() > kSessionTokenBytesMax) return nullptr;
  ThreadCache& cache = thread_cache(serial_);
  if (cache.opened == nullptr) {
    cache.opened = std::make_unique<std::array<std::array<Opened, kWays>, kSets>>();
  }
  const std::size_t hash = std::hash<std::string_view>{}(token);
  auto& set = (*cache.opened)[hash % kSets];
  for (std::size_t way = 0; way < kWays; ++way) {
    // SAFETY: the whole text is compared; a hash that collides must not open another's session.
    if (set[way].hash == hash && set[way].session != nullptr &&
        crypto::equal_constant_time(set[way].token, token)) {
      for (; way > 0; --way) std::swap(set[way], set[way - 1]);
      return set[0].session;
    }
  }

  const auto sealed = base64_decode(token);
  if (!sealed) return nullptr;
  const auto epoch = crypto::sealing_key_id(*sealed);
  if (!epoch) return nullptr;
  const EpochKeys& keys = keys_of(cache, master_key_, *epoch);
  const auto plain = keys.sealing.open(*sealed, kPurpose);
  if (!plain) return nullptr;
  auto decoded = decode_session(plain->reveal());
  if (!decoded || epoch_of(decoded->issued) != *epoch) return nullptr;
  for (const auto& text : decoded->policies) {
    decoded->inline_documents.push_back(make_policy(text, policy::Kind::session));
  }
  for (std::size_t way = kWays - 1; way > 0; --way) std::swap(set[way], set[way - 1]);
  set[0] = {hash, std::string(token), std::make_shared<const Session>(std::move(*decoded))};
  return set[0].session;
}

Secret SessionSealer::secret_of(const Session& session) const {
  return derive_secret(keys_of(thread_cache(serial_), master_key_, epoch_of(session.issued)),
                       session);
}

}  // namespace rolecall::identity
