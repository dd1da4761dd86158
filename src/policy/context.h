// The condition keys of one request.
#pragma once

#include <array>
#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>
#include <vector>

#include "policy/keys.h"

namespace rolecall::policy {

// Keys with their values, filled once per request on one thread, then read by decide(). Values are
// views: they must outlive the context, except those given to the `own` functions. Move-only.
//   Context c; c.set(Key::aws_source_ip, ip); c.own("aws:PrincipalTag/team", std::move(team));
// A key that was never named is absent; one that was only `declare`d is present without values
// (Rule 456). Setting a key twice makes it multivalued: `set` is `add`.
class Context {
 public:
  // Most of it stays as it is in memory until a key needs it: an empty context costs a few stores.
  Context() {}  // NOLINT(cppcoreguidelines-pro-type-member-init)
  Context(Context&& other) noexcept { take(other); }
  Context& operator=(Context&& other) noexcept {
    if (this != &other) take(other);
    return *this;
  }

  void set(Key key, std::string_view value) {
    const auto at = static_cast<std::size_t>(key);
    if (is_present(at)) {
      add_value(first_[at], value);
      return;
    }
    first_[at] = Item::of(value);
    mark_present(at);
  }
  // Any key by name ("aws:PrincipalTag/team"); the name is copied only when it is no known key.
  void set(std::string_view name, std::string_view value) { add_named(name, value, true); }
  void own(Key key, std::string value) { set(key, keep(std::move(value))); }
  void own(std::string_view name, std::string value) {
    add_named(name, keep(std::move(value)), true);
  }
  void declare(Key key);
  void declare(std::string_view name) { add_named(name, {}, false); }

  // The values of a key. `present` is false for an absent key; iterate with `for (auto v :
  // values)`.
  class Values;
  Values find(Key key) const;
  Values find(std::string_view name) const;
  // `hash` must be key_hash(folded_name).
  Values find_folded(std::string_view folded_name, std::uint64_t hash) const;
  static std::uint64_t key_hash(std::string_view folded_name);

  // Every key with its values, in the order in which keys were first named (for explain, for
  // sts:DecodeAuthorizationMessage). Calls f(name, Values).
  template <class F>
  void for_each(F&& f) const;

 private:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;
  static constexpr std::size_t kNamedInline = 6;
  static constexpr std::size_t kNamesBytes = 240;
  static constexpr std::size_t kNamedLinear = 24;  // more than these are found by hash

  // A key's first value, or one of the further ones in more_. Those form a ring, so that a value is
  // added in one step: the first value names the last one, the last one the second.
  struct Item {
    const char* data;
    std::uint32_t size;
    std::uint32_t next;  // in more_; kNone: there is no further one
    static Item of(std::string_view text) {
      return {text.data(), static_cast<std::uint32_t>(text.size()), kNone};
    }
    static Item without_value() { return {nullptr, 0, kNoValue}; }
    bool has_value() const { return next != kNoValue; }
    std::string_view text() const { return {data, size}; }
    static constexpr std::uint32_t kNoValue = 0xFFFF'FFFE;
  };
  // A key that is none of the known ones.
  struct Named {
    Item first;
    const char* name;  // folded
    std::uint64_t hash;
    std::uint32_t name_size;
    std::uint32_t after;  // how many known keys were there before
    std::string_view text() const { return {name, name_size}; }
  };

  bool is_present(std::size_t key) const { return (present_[key / 64] >> (key % 64) & 1) != 0; }
  void mark_present(std::size_t key) {
    present_[key / 64] |= std::uint64_t{1} << (key % 64);
    order_[known_++] = static_cast<std::uint8_t>(key);
  }
  Named& named(std::size_t i) {
    return i < kNamedInline ? named_inline_[i] : named_more_[i - kNamedInline];
  }
  const Named& named(std::size_t i) const {
    return i < kNamedInline ? named_inline_[i] : named_more_[i - kNamedInline];
  }
  void add_named(std::string_view name, std::string_view value, bool has_value);
  const Named* find_named(std::string_view folded_name, std::uint64_t hash) const;
  void index_named();
  void add_value(Item& first, std::string_view value);
  std::string_view keep(std::string text);
  void take(Context& other);

  static_assert(kKeyCount <= 128);
  std::array<std::uint64_t, 2> present_ = {};
  std::uint32_t known_ = 0;
  std::uint32_t named_count_ = 0;
  std::uint32_t names_size_ = 0;
  std::array<std::uint8_t, kKeyCount> order_;  // known keys as they came
  std::array<Item, kKeyCount> first_;          // by key, of those present
  std::array<Named, kNamedInline> named_inline_;
  std::array<char, kNamesBytes> names_;  // folded names of the first few keys that are not known
  std::vector<Named> named_more_;
  // With many named keys (a simulation may bring thousands) their places by hash, counted from 1.
  std::vector<std::uint32_t> index_;
  std::vector<Item> more_;
  std::forward_list<std::string> owned_;
};

class Context::Values {
 public:
  Values() = default;
  bool present() const { return first_ != nullptr; }
  bool empty() const { return first_ == nullptr || !first_->has_value(); }
  bool single() const { return first_ != nullptr && first_->next == kNone; }
  std::size_t size() const {
    std::size_t count = 0;
    for (auto at = begin(); at != end(); ++at) ++count;
    return count;
  }
  // Precondition: !empty().
  std::string_view front() const { return first_->text(); }

  class Iterator {
   public:
    std::string_view operator*() const { return at_->text(); }
    Iterator& operator++() {
      if (at_ == last_) {
        at_ = nullptr;
      } else {
        at_ = more_ + (at_ == first_ ? last_->next : at_->next);
      }
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    friend class Values;
    const Item* at_ = nullptr;
    const Item* first_ = nullptr;
    const Item* last_ = nullptr;
    const Item* more_ = nullptr;
  };
  Iterator begin() const;
  Iterator end() const { return {}; }

 private:
  friend class Context;
  Values(const Item* first, const Item* more) : first_(first), more_(more) {}
  const Item* first_ = nullptr;
  const Item* more_ = nullptr;
};

inline Context::Values::Iterator Context::Values::begin() const {
  Iterator out;
  if (empty()) return out;
  out.at_ = out.first_ = first_;
  out.last_ = first_->next == kNone ? first_ : more_ + first_->next;
  out.more_ = more_;
  return out;
}

inline Context::Values Context::find(Key key) const {
  const auto at = static_cast<std::size_t>(key);
  return is_present(at) ? Values{&first_[at], more_.data()} : Values{};
}

template <class F>
void Context::for_each(F&& f) const {
  std::size_t next = 0;
  const auto named_before = [&](std::size_t known) {
    for (; next < named_count_ && named(next).after <= known; ++next) {
      f(named(next).text(), Values{&named(next).first, more_.data()});
    }
  };
  for (std::size_t i = 0; i < known_; ++i) {
    named_before(i);
    f(key_name(static_cast<Key>(order_[i])), Values{&first_[order_[i]], more_.data()});
  }
  named_before(known_);
}

}  // namespace rolecall::policy
