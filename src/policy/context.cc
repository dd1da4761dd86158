#include "policy/context.h"

#include <algorithm>
#include <functional>

#include "base/encoding.h"
#include "base/error.h"
#include "policy/hash.h"

namespace rolecall::policy {

std::uint64_t Context::key_hash(std::string_view folded_name) { return hash_text(folded_name); }

std::string_view Context::keep(std::string text) { return owned_.emplace_front(std::move(text)); }

std::string_view Context::keep_folded(std::string_view name) {
  if (name.size() > names_.size() - names_size_) return keep(ascii_lower(name));
  char* out = names_.data() + names_size_;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    out[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  names_size_ = static_cast<std::uint8_t>(names_size_ + name.size());
  return {out, name.size()};
}

// Names kept inside of the other object move along, so their views must follow.
void Context::take(Context& other) {
  slot_ = other.slot_;
  size_ = other.size_;
  named_ = other.named_;
  names_size_ = other.names_size_;
  std::copy_n(other.names_.begin(), names_size_, names_.begin());
  std::copy_n(other.inline_.begin(), std::min<std::size_t>(size_, kInline), inline_.begin());
  spill_ = std::move(other.spill_);
  owned_ = std::move(other.owned_);
  const char* begin = other.names_.data();
  for (std::uint16_t i = 0; i < size_; ++i) {
    View& folded = item(i).folded;
    const bool inside = folded.data != nullptr && !std::less<>{}(folded.data, begin) &&
                        std::less<>{}(folded.data, begin + other.names_.size());
    if (inside) folded.data = names_.data() + (folded.data - begin);
  }
  other.slot_.fill(kNone);
  other.size_ = other.named_ = 0;
  other.names_size_ = 0;
}

std::uint16_t Context::append(Item item) {
  RC_ASSERT(size_ < kNone);  // 65,535 values do not fit through any request limit
  if (size_ < kInline) {
    inline_[size_] = item;
  } else {
    spill_.push_back(item);
  }
  return size_++;
}

void Context::add_value(std::uint16_t head, std::string_view value) {
  if (item(head).count == 0) {
    item(head).value = View::of(value);
    item(head).count = 1;
    return;
  }
  const std::uint16_t at = append({View::of(value), {}, 0, kNone, kNone, 0, Key::count_, false});
  Item& first = item(head);
  item(first.last).next = at;
  first.last = at;
  ++first.count;
}

void Context::add_known(Key key, std::string_view value, bool has_value) {
  std::uint16_t& slot = slot_[static_cast<std::size_t>(key)];
  if (slot != kNone) {
    if (has_value) add_value(slot, value);
    return;
  }
  const std::uint16_t at = append(
      {View::of(value), {}, 0, kNone, size_, static_cast<std::uint16_t>(has_value), key, true});
  slot = at;
}

void Context::add_named(std::string_view name, std::string_view value, bool has_value) {
  // No known key has a slash; tags do, and they are the usual ones here.
  if (name.find('/') == name.npos) {
    if (const auto key = find_key(name)) return add_known(*key, value, has_value);
  }
  const std::string_view folded = keep_folded(name);
  const std::uint64_t hash = key_hash(folded);
  for (std::uint16_t i = 0; i < size_; ++i) {
    const Item& it = item(i);
    if (it.first && it.known == Key::count_ && it.hash == hash && it.folded.get() == folded) {
      if (has_value) add_value(i, value);
      return;
    }
  }
  append({View::of(value), View::of(folded), hash, kNone, size_,
          static_cast<std::uint16_t>(has_value), Key::count_, true});
  ++named_;
}

void Context::set(std::string_view name, std::string_view value) { add_named(name, value, true); }
void Context::declare(std::string_view name) { add_named(name, {}, false); }
void Context::own(Key key, std::string value) { add_known(key, keep(std::move(value)), true); }
void Context::own(std::string_view name, std::string value) {
  add_named(name, keep(std::move(value)), true);
}

Context::Values Context::find(std::string_view name) const {
  if (const auto key = find_key(name)) return find(*key);
  if (named_ == 0) return {};
  const std::string folded = ascii_lower(name);
  return find_folded(folded, key_hash(folded));
}

Context::Values Context::find_folded(std::string_view folded_name, std::uint64_t hash) const {
  if (named_ == 0) return {};
  for (std::uint16_t i = 0; i < size_; ++i) {
    const Item& it = item(i);
    if (it.first && it.known == Key::count_ && it.hash == hash && it.folded.get() == folded_name)
      return {this, i};
  }
  return {};
}

}  // namespace rolecall::policy
