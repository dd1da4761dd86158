#include "policy/context.h"

#include <algorithm>
#include <functional>

#include "base/encoding.h"
#include "base/error.h"
#include "policy/hash.h"

namespace rolecall::policy {

std::uint64_t Context::key_hash(std::string_view folded_name) { return hash_text(folded_name); }

std::string_view Context::keep(std::string text) { return owned_.emplace_front(std::move(text)); }

// Names kept inside of the other object move along, so their views must follow.
void Context::take(Context& other) {
  present_ = other.present_;
  known_ = other.known_;
  named_count_ = other.named_count_;
  names_size_ = other.names_size_;
  std::copy_n(other.order_.begin(), known_, order_.begin());
  for (std::size_t i = 0; i < known_; ++i) first_[order_[i]] = other.first_[order_[i]];
  std::copy_n(other.named_inline_.begin(), std::min<std::size_t>(named_count_, kNamedInline),
              named_inline_.begin());
  std::copy_n(other.names_.begin(), names_size_, names_.begin());
  named_more_ = std::move(other.named_more_);
  index_ = std::move(other.index_);
  more_ = std::move(other.more_);
  owned_ = std::move(other.owned_);
  const char* begin = other.names_.data();
  for (std::size_t i = 0; i < named_count_; ++i) {
    const char*& name = named(i).name;
    const bool inside =
        !std::less<>{}(name, begin) && std::less<>{}(name, begin + other.names_.size());
    if (inside) name = names_.data() + (name - begin);
  }
  other.present_ = {};
  other.known_ = other.named_count_ = other.names_size_ = 0;
  other.named_more_.clear();
  other.index_.clear();
  other.more_.clear();
  other.owned_.clear();
}

void Context::add_value(Item& first, std::string_view value) {
  if (!first.has_value()) {
    first = Item::of(value);
    return;
  }
  RC_ASSERT(more_.size() < 0xFFFF);  // 65,535 values do not fit through any request limit
  const auto at = static_cast<std::uint32_t>(more_.size());
  Item item = Item::of(value);
  item.next = at;  // alone, it is its own second value
  if (first.next != kNone) {
    item.next = more_[first.next].next;
    more_[first.next].next = at;
  }
  more_.push_back(item);
  first.next = at;
}

void Context::declare(Key key) {
  const auto at = static_cast<std::size_t>(key);
  if (is_present(at)) return;
  first_[at] = Item::without_value();
  mark_present(at);
}

void Context::add_named(std::string_view name, std::string_view value, bool has_value) {
  // Folded at once into where it will stay, if there is room for whole words.
  std::string_view folded;
  std::uint64_t hash = 0;
  const std::size_t room = names_.size() - names_size_;
  const bool fits = (name.size() + 7) / 8 * 8 <= room;
  if (fits) {
    char* out = names_.data() + names_size_;
    TextHash text_hash(name.size());
    each_word(name, [&](std::uint64_t word, std::size_t at) {
      const std::uint64_t folded_word = fold_word(word);
      std::memcpy(out + at, &folded_word, 8);
      text_hash.add(folded_word);
    });
    folded = {out, name.size()};
    hash = text_hash.value();
  } else {
    hash = hash_folded(name);
  }
  if (const auto key = find_key(name, hash)) {
    if (has_value) {
      set(*key, value);
    } else {
      declare(*key);
    }
    return;
  }
  if (!fits) folded = keep(ascii_lower(name));
  if (const Named* known = find_named(folded, hash)) {
    // Of this object, which is not constant here.
    if (has_value) add_value(const_cast<Named*>(known)->first, value);  // NOLINT
    return;
  }
  if (fits) names_size_ += static_cast<std::uint32_t>(folded.size());
  const Named item = {has_value ? Item::of(value) : Item::without_value(), folded.data(), hash,
                      static_cast<std::uint32_t>(folded.size()), known_};
  if (named_count_ < kNamedInline) {
    named_inline_[named_count_] = item;
  } else {
    named_more_.push_back(item);
  }
  ++named_count_;
  if (named_count_ > kNamedLinear) index_named();
}

// Enters the last key, or all of them where the table is new or too small.
void Context::index_named() {
  const auto enter = [&](std::size_t i) {
    std::size_t at = named(i).hash % index_.size();
    while (index_[at] != 0) at = (at + 1) % index_.size();
    index_[at] = static_cast<std::uint32_t>(i + 1);
  };
  if (index_.size() >= named_count_ * 2) return enter(named_count_ - 1);
  index_.assign(std::size_t{named_count_} * 8, 0);
  for (std::size_t i = 0; i < named_count_; ++i) enter(i);
}

const Context::Named* Context::find_named(std::string_view folded_name, std::uint64_t hash) const {
  const auto is_it = [&](const Named& it) {
    return it.hash == hash && equal_text(it.text(), folded_name);
  };
  if (index_.empty()) {
    for (std::size_t i = 0; i < named_count_; ++i) {
      if (is_it(named(i))) return &named(i);
    }
    return nullptr;
  }
  for (std::size_t at = hash % index_.size(); index_[at] != 0; at = (at + 1) % index_.size()) {
    if (is_it(named(index_[at] - 1))) return &named(index_[at] - 1);
  }
  return nullptr;
}

Context::Values Context::find(std::string_view name) const {
  const std::uint64_t hash = hash_folded(name);
  if (const auto key = find_key(name, hash)) return find(*key);
  if (named_count_ == 0) return {};
  return find_folded(ascii_lower(name), hash);
}

Context::Values Context::find_folded(std::string_view folded_name, std::uint64_t hash) const {
  const Named* found = find_named(folded_name, hash);
  return found == nullptr ? Values{} : Values{&found->first, more_.data()};
}

}  // namespace rolecall::policy
