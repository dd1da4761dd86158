#include "identity/session_codec.h"

#include "base/compress.h"
#include "base/encoding.h"

namespace rolecall::identity {
namespace {

constexpr std::uint8_t kVersion = 1;

// Bits of the second byte, above the two of the kind.
constexpr std::uint8_t kChained = 1 << 2;
constexpr std::uint8_t kHasMfa = 1 << 3;
constexpr std::uint8_t kShortKeyId = 1 << 4;  // ASIA and 16 characters of base32
constexpr std::uint8_t kCompressed = 1 << 5;
constexpr std::uint8_t kKnownBits = 0x3F;

constexpr std::size_t kKeyIdPrefix = 4;
constexpr std::size_t kShortKeyIdBytes = 10;  // 16 characters of 5 bits
constexpr std::size_t kExtrasBytesMax = 65'536;
// More than any operation lets pass: bounds what a forged count could make us reserve.
constexpr std::uint64_t kItemsMax = 256;
// Below this, the frame of the compressed form eats the gain.
constexpr std::size_t kCompressFrom = 48;
// 36 hours are the longest session there is (Rule 604); the bound only keeps arithmetic sane.
constexpr std::uint64_t kSecondsMax = 1ull << 40;

void put_number(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out.append(text);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool ok() const { return ok_; }
  bool finished() const { return ok_ && rest_.empty(); }

  std::uint8_t byte() {
    if (rest_.empty()) return fail(), std::uint8_t{0};
    const auto value = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return value;
  }
  std::uint64_t number(std::uint64_t max) {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      const std::uint8_t b = byte();
      value |= static_cast<std::uint64_t>(b & 0x7F) << shift;
      if ((b & 0x80) == 0) {
        // One number has one encoding, so that one session has one token text.
        if (value > max || (b == 0 && shift > 0)) fail();
        return ok_ ? value : 0;
      }
    }
    return fail(), 0;
  }
  std::string_view bytes(std::size_t count) {
    if (count > rest_.size()) return fail(), std::string_view();
    const auto out = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return out;
  }
  std::string text() { return std::string(bytes(number(rest_.size()))); }

 private:
  void fail() {
    ok_ = false;
    rest_ = {};
  }
  std::string_view rest_;
  bool ok_ = true;
};

std::string plain_extras(const Session& session) {
  std::string out;
  if (session.policies.empty() && session.policy_arns.empty() && session.tags.empty() &&
      session.transitive_keys.empty()) {
    return out;
  }
  put_number(out, session.policies.size());
  for (const auto& policy : session.policies) put_text(out, policy);
  put_number(out, session.policy_arns.size());
  for (const auto& arn : session.policy_arns) put_text(out, arn);
  put_number(out, session.tags.size());
  for (const auto& tag : session.tags) {
    put_text(out, tag.key);
    put_text(out, tag.value);
  }
  put_number(out, session.transitive_keys.size());
  for (const auto& key : session.transitive_keys) put_text(out, key);
  return out;
}

struct Extras {
  std::string bytes;
  bool compressed = false;
};

Extras make_extras(const Session& session) {
  Extras out{plain_extras(session), false};
  if (out.bytes.size() < kCompressFrom) return out;
  std::string smaller = compress(out.bytes);
  if (smaller.size() < out.bytes.size()) out = {std::move(smaller), true};
  return out;
}

bool read_extras(std::string_view bytes, Session& out) {
  if (bytes.empty()) return true;
  Reader in(bytes);
  for (std::uint64_t n = in.number(kItemsMax); n > 0 && in.ok(); --n) {
    out.policies.push_back(in.text());
  }
  for (std::uint64_t n = in.number(kItemsMax); n > 0 && in.ok(); --n) {
    out.policy_arns.push_back(in.text());
  }
  for (std::uint64_t n = in.number(kItemsMax); n > 0 && in.ok(); --n) {
    std::string key = in.text();
    out.tags.push_back({std::move(key), in.text()});
  }
  for (std::uint64_t n = in.number(kItemsMax); n > 0 && in.ok(); --n) {
    out.transitive_keys.push_back(in.text());
  }
  return in.finished();
}

// The 80 bits of an access key id of AWS's form; "" when it has another form.
std::string short_key_id(std::string_view id) {
  if (id.size() != kKeyIdPrefix + 16 || !id.starts_with("ASIA")) return {};
  auto bits = base32_decode(id.substr(kKeyIdPrefix));
  if (!bits || bits->size() != kShortKeyIdBytes) return {};
  if (base32_encode(*bits) != id.substr(kKeyIdPrefix)) return {};  // lower case and the like
  return std::move(*bits);
}

}  // namespace

std::string encode_session(const Session& session) {
  const Extras extras = make_extras(session);
  const std::string short_id = short_key_id(session.access_key_id);
  std::uint8_t bits = static_cast<std::uint8_t>(session.kind);
  if (session.chained) bits |= kChained;
  if (session.mfa_at) bits |= kHasMfa;
  if (!short_id.empty()) bits |= kShortKeyId;
  if (extras.compressed) bits |= kCompressed;

  std::string out;
  out.reserve(96 + session.name.size() + extras.bytes.size());
  out.push_back(static_cast<char>(kVersion));
  out.push_back(static_cast<char>(bits));
  if (short_id.empty()) {
    put_text(out, session.access_key_id);
  } else {
    out += short_id;
  }
  put_number(out, session.account.number());
  put_text(out, session.principal_id);
  put_text(out, session.name);
  const std::int64_t issued = session.issued.seconds();
  put_number(out, static_cast<std::uint64_t>(issued));
  put_number(out, static_cast<std::uint64_t>(session.expires.seconds() - issued));
  if (session.mfa_at) put_number(out, static_cast<std::uint64_t>(session.mfa_at->seconds()));
  put_text(out, session.source_identity);
  put_text(out, session.federated_provider);
  put_text(out, extras.bytes);
  return out;
}

std::optional<Session> decode_session(std::string_view bytes) {
  Reader in(bytes);
  if (in.byte() != kVersion) return std::nullopt;
  const std::uint8_t bits = in.byte();
  if ((bits & ~kKnownBits) != 0 || (bits & 3) > static_cast<int>(SessionKind::federated_user)) {
    return std::nullopt;
  }
  Session out;
  out.kind = static_cast<SessionKind>(bits & 3);
  out.chained = (bits & kChained) != 0;
  if ((bits & kShortKeyId) != 0) {
    out.access_key_id = "ASIA" + base32_encode(in.bytes(kShortKeyIdBytes));
  } else {
    out.access_key_id = in.text();
    if (!short_key_id(out.access_key_id).empty()) return std::nullopt;
  }
  out.account = AccountId::from_number(in.number(999'999'999'999));
  out.principal_id = in.text();
  out.name = in.text();
  const auto issued = static_cast<std::int64_t>(in.number(kSecondsMax));
  out.issued = Instant::from_seconds(issued);
  out.expires = out.issued.plus_seconds(static_cast<std::int64_t>(in.number(kSecondsMax)));
  if ((bits & kHasMfa) != 0) {
    out.mfa_at = Instant::from_seconds(static_cast<std::int64_t>(in.number(kSecondsMax)));
  }
  out.source_identity = in.text();
  out.federated_provider = in.text();
  std::string extras = in.text();
  if (!in.finished()) return std::nullopt;
  if ((bits & kCompressed) != 0) {
    auto inflated = decompress(extras, kExtrasBytesMax);
    if (!inflated) return std::nullopt;
    extras = std::move(*inflated);
  }
  if (!read_extras(extras, out)) return std::nullopt;
  return out;
}

std::size_t packed_bytes(const Session& session) { return make_extras(session).bytes.size(); }

}  // namespace rolecall::identity
