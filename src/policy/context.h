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
  Context() { slot_.fill(kNone); }
  Context(Context&& other) noexcept { take(other); }
  Context& operator=(Context&& other) noexcept {
    if (this != &other) take(other);
    return *this;
  }

  void set(Key key, std::string_view value) {
    std::uint16_t& slot = slot_[static_cast<std::size_t>(key)];
    if (slot == kNone && size_ < kInline) {  // the usual case, without a call
      inline_[size_] = {View::of(value), {nullptr, 0}, 0, kNone, size_, 1, key, true};
      slot = size_++;
      return;
    }
    add_known(key, value, true);
  }
  // Any key by name ("aws:PrincipalTag/team"); the name is copied only when it is no known key.
  void set(std::string_view name, std::string_view value);
  void own(Key key, std::string value);
  void own(std::string_view name, std::string value);
  void declare(Key key) { add_known(key, {}, false); }
  void declare(std::string_view name);

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
  static constexpr std::uint16_t kNone = 0xFFFF;
  static constexpr std::size_t kInline = 24;  // a typical request carries 15 to 20 keys
  // A view without a constructor, so that unused items cost nothing.
  struct View {
    const char* data;
    std::size_t size;
    std::string_view get() const { return {data, size}; }
    static View of(std::string_view text) { return {text.data(), text.size()}; }
  };
  struct Item {
    View value;
    View folded;  // when `known` is Key::count_
    std::uint64_t hash;
    std::uint16_t next;   // the next value of the same key
    std::uint16_t last;   // in a key's first item: its last one
    std::uint16_t count;  // in a key's first item: number of values
    Key known;
    bool first;
  };
  Item& item(std::size_t i) { return i < kInline ? inline_[i] : spill_[i - kInline]; }
  const Item& item(std::size_t i) const { return i < kInline ? inline_[i] : spill_[i - kInline]; }
  std::uint16_t append(Item item);
  void add_known(Key key, std::string_view value, bool has_value);
  void add_named(std::string_view name, std::string_view value, bool has_value);
  void add_value(std::uint16_t head, std::string_view value);
  std::string_view keep(std::string text);
  std::string_view keep_folded(std::string_view name);
  void take(Context& other);

  std::array<std::uint16_t, kKeyCount> slot_;  // a known key's first item
  std::uint16_t size_ = 0;
  std::uint16_t named_ = 0;
  std::uint8_t names_size_ = 0;
  std::array<char, 200> names_;  // folded names of the first few keys that are not known ones
  std::array<Item, kInline> inline_;
  std::vector<Item> spill_;
  std::forward_list<std::string> owned_;
};

class Context::Values {
 public:
  Values() = default;
  bool present() const { return context_ != nullptr; }
  std::size_t size() const { return context_ == nullptr ? 0 : context_->item(head_).count; }
  bool empty() const { return size() == 0; }
  // Precondition: !empty().
  std::string_view front() const { return context_->item(head_).value.get(); }

  class Iterator {
   public:
    std::string_view operator*() const { return context_->item(at_).value.get(); }
    Iterator& operator++() {
      at_ = context_->item(at_).next;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    friend class Values;
    Iterator(const Context* context, std::uint16_t at) : context_(context), at_(at) {}
    const Context* context_;
    std::uint16_t at_;
  };
  Iterator begin() const { return {context_, empty() ? kNone : head_}; }
  Iterator end() const { return {context_, kNone}; }

 private:
  friend class Context;
  Values(const Context* context, std::uint16_t head) : context_(context), head_(head) {}
  const Context* context_ = nullptr;
  std::uint16_t head_ = kNone;
};

inline Context::Values Context::find(Key key) const {
  const std::uint16_t head = slot_[static_cast<std::size_t>(key)];
  return head == kNone ? Values{} : Values{this, head};
}

template <class F>
void Context::for_each(F&& f) const {
  for (std::uint16_t i = 0; i < size_; ++i) {
    const Item& it = item(i);
    if (it.first)
      f(it.known != Key::count_ ? key_name(it.known) : it.folded.get(), Values{this, i});
  }
}

}  // namespace rolecall::policy
