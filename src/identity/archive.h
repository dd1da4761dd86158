// The bytes of codec.cc: one class writes them, one reads them. For this room only.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "identity/secret_sealer.h"
#include "identity/state.h"
#include "policy/kind.h"

namespace rolecall::identity {

// First byte of every batch. A later version reads what this one wrote: fields are added at the end
// of an entity under `if (archive.version >= n)`.
//   1: an event is its kind and its fields; the organization is one entity.
//   2: an event is a frame, below.
inline constexpr std::uint8_t kFormatVersion = 2;
inline constexpr auto kKindLast = policy::Kind::rcp;

// A frame: the kind, how many policies the event has and the place of each among the batch's texts,
// the number of bytes that follow, and these: the fields, in which a policy is its place among the
// event's own. So an event can be carried from batch to batch unread.
//
// An event's kind is its place in the variant; new ones go to its end. A reader that does not know
// a kind refuses the batch, because what it leaves out might be what denies, unless the kind has
// this bit: a later version gives it to kinds whose absence can allow nothing.
inline constexpr std::uint8_t kMayBeCarried = 0x80;
// Instead of an event: a policy's kind and text, the next place among the batch's texts.
inline constexpr std::uint8_t kTextFrame = 0xFF;

class Encoder {
 public:
  static constexpr bool kWriting = true;
  explicit Encoder(const SecretSealer& sealer) : sealer_(sealer) {
    out_.push_back(static_cast<char>(kFormatVersion));
  }
  std::size_t size() const { return out_.size(); }
  std::string take() { return std::move(out_); }

  // Writes a frame of what `write_fields` writes.
  template <class F>
  void frame(std::uint8_t kind, F write_fields) {
    body_.clear();
    own_.clear();
    to_ = &body_;
    write_fields();
    to_ = &out_;
    std::vector<std::size_t> places;
    for (const PolicyRef& policy : own_) places.push_back(place_of(policy));
    byte(kind);
    number(places.size());
    for (const std::size_t place : places) number(place);
    text(body_);
  }
  // A frame as it came.
  void frame(const CarriedEvent& event) {
    frame(event.kind, [&] {
      own_ = event.policies;
      body_ = event.bytes;
    });
  }

  void byte(std::uint8_t value) { to_->push_back(static_cast<char>(value)); }
  void number(std::uint64_t value) {
    while (value >= 0x80) {
      byte(static_cast<std::uint8_t>(value | 0x80));
      value >>= 7;
    }
    byte(static_cast<std::uint8_t>(value));
  }
  void text(std::string_view value) {
    number(value.size());
    to_->append(value);
  }
  void value(const std::string& v) { text(v); }
  void value(bool v) { byte(v); }
  void value(std::int64_t v) {
    number(static_cast<std::uint64_t>(v) << 1 ^ static_cast<std::uint64_t>(v >> 63));
  }
  void value(std::int32_t v) { value(std::int64_t{v}); }
  void value(Instant v) { value(v.micros); }
  void value(AccountId v) { number(v.empty() ? 0 : v.number() + 1); }
  void value(KeyStatus v) { byte(static_cast<std::uint8_t>(v)); }
  void value(JoinedMethod v) { byte(static_cast<std::uint8_t>(v)); }
  void value(const PolicyRef& v) {
    if (!v) return number(0);
    const auto at = std::find(own_.begin(), own_.end(), v);
    number(static_cast<std::uint64_t>(at - own_.begin()) + 1);
    if (at == own_.end()) own_.push_back(v);
  }
  void secret(const Secret& v, const std::string& purpose) { text(sealer_.seal(v, purpose)); }

 private:
  // A text that was in this batch before is told by its place.
  std::size_t place_of(const PolicyRef& policy) {
    const auto [at, fresh] = places_.emplace(policy.get(), places_.size());
    if (fresh) {
      byte(kTextFrame);
      byte(static_cast<std::uint8_t>(policy->kind()));
      text(policy->text());
      kept_.push_back(policy);  // so that no other policy takes its address meanwhile
    }
    return at->second;
  }

  const SecretSealer& sealer_;
  std::string out_, body_;
  std::string* to_ = &out_;
  std::vector<PolicyRef> own_;  // of the event being written
  std::unordered_map<const StoredPolicy*, std::size_t> places_;
  std::vector<PolicyRef> kept_;
};

class Decoder {
 public:
  static constexpr bool kWriting = false;
  Decoder(std::string_view bytes, const SecretSealer& sealer) : rest_(bytes), sealer_(sealer) {
    version = byte();
    if (ok() && (version < 1 || version > kFormatVersion)) {
      fail("unknown format version; a later version of this program wrote it");
    }
  }
  bool ok() const { return problem_.empty(); }
  const std::string& problem() const { return problem_; }
  bool at_end() const { return rest_.empty(); }
  std::size_t left() const { return rest_.size(); }
  void fail(std::string why) {
    if (problem_.empty()) problem_ = std::move(why);
    rest_ = {};
  }

  // Calls read_event(kind) for every event of the batch, when only its fields are left to read;
  // read_carried(event) for those that are kept unread.
  template <class F, class G>
  void each_event(F read_event, G read_carried) {
    while (ok() && !at_end()) {
      const std::uint8_t kind = byte();
      if (version == 1) {
        read_event(kind);
      } else if (kind == kTextFrame) {
        read_policy();
      } else {
        frame(kind, read_event, read_carried);
      }
    }
  }

  std::uint8_t byte() {
    if (rest_.empty()) {
      fail("cut short");
      return 0;
    }
    const auto out = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return out;
  }
  std::uint64_t number() {
    std::uint64_t out = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      if (shift == 63 && next > 1) break;
      out |= std::uint64_t{next & 0x7Fu} << shift;
      if (next < 0x80) {
        if (next == 0 && shift > 0) break;  // only the shortest form, so that bytes are unique
        return out;
      }
    }
    fail("bad number");
    return 0;
  }
  std::string_view text() {
    const std::uint64_t size = number();
    if (size > rest_.size()) {
      fail("text cut short");
      return {};
    }
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  void value(std::string& v) { v = text(); }
  void value(bool& v) {
    const std::uint8_t b = byte();
    if (b > 1) fail("bad flag");
    v = b == 1;
  }
  void value(std::int64_t& v) {
    const std::uint64_t n = number();
    v = static_cast<std::int64_t>(n >> 1 ^ (~(n & 1) + 1));
  }
  void value(std::int32_t& v) {
    std::int64_t wide = 0;
    value(wide);
    v = static_cast<std::int32_t>(wide);
    if (v != wide) fail("number too large");
  }
  void value(Instant& v) { value(v.micros); }
  void value(AccountId& v) {
    const std::uint64_t n = number();
    if (n > 1'000'000'000'000) return fail("bad account");
    v = n == 0 ? AccountId() : AccountId::from_number(n - 1);
  }
  void value(KeyStatus& v) { v = choice(KeyStatus::inactive, "bad key status"); }
  void value(JoinedMethod& v) { v = choice(JoinedMethod::invited, "bad joined method"); }
  void value(PolicyRef& v) {
    const std::uint64_t place = number();
    if (place == 0) {
      v = nullptr;
    } else if (version == 1 && place == 1) {
      v = read_policy();
    } else {
      // The first version counts places in the batch, and one that stands for "here".
      const auto& list = version == 1 ? policies_ : own_;
      const std::uint64_t at = version == 1 ? place - 2 : place - 1;
      if (at >= list.size()) return fail("bad policy place");
      v = list[at];
    }
  }
  void secret(Secret& v, const std::string& purpose) {
    const std::string_view sealed = text();
    if (!ok()) return;
    std::optional<Secret> opened = sealer_.open(sealed, purpose);
    if (!opened) return fail("a secret does not open: is this the right master key?");
    v = std::move(*opened);
  }

  std::uint8_t version = 0;  // of the batch

 private:
  template <class E>
  E choice(E last, const char* problem) {
    const std::uint8_t b = byte();
    if (b > static_cast<std::uint8_t>(last)) fail(problem);
    return ok() ? static_cast<E>(b) : E{};
  }
  PolicyRef read_policy() {
    const std::uint8_t kind = byte();
    if (kind > static_cast<std::uint8_t>(kKindLast)) {
      fail("bad policy kind");
      return nullptr;
    }
    policies_.push_back(make_policy(std::string(text()), static_cast<policy::Kind>(kind)));
    return policies_.back();
  }
  template <class F, class G>
  void frame(std::uint8_t kind, F read_event, G read_carried) {
    const std::uint64_t count = number();
    // SAFETY: every place takes a byte at least, so a lying count ends here.
    if (count > left()) return fail("list cut short");
    own_.clear();
    for (std::uint64_t i = 0; i < count && ok(); ++i) {
      const std::uint64_t place = number();
      if (place >= policies_.size()) return fail("bad policy place");
      own_.push_back(policies_[place]);
    }
    const std::string_view body = text();
    if (!ok()) return;
    if ((kind & kMayBeCarried) != 0)
      return read_carried(CarriedEvent{kind, own_, std::string(body)});
    const std::string_view after = std::exchange(rest_, body);
    read_event(kind);
    if (ok() && !rest_.empty()) fail("an event with more than its fields");
    if (ok()) rest_ = after;
  }

  std::string_view rest_;
  const SecretSealer& sealer_;
  std::string problem_;
  std::vector<PolicyRef> policies_;  // of the batch
  std::vector<PolicyRef> own_;       // of the event being read
};

}  // namespace rolecall::identity
