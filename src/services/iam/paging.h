// Pages of list operations: Marker, MaxItems, IsTruncated.
//
// A marker holds the key of the last item given, so a page goes on at the right place whatever was
// created or deleted in between. It is opaque to clients.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/table.h"
#include "services/iam/limits.h"

namespace rolecall::iam {

struct Page {
  std::size_t items_max = kPageItemsDefault;
  std::string after;  // the last key given before; empty: from the start
};

std::string encode_marker(std::string_view key);
Result<Page> read_page(const std::optional<std::string>& marker,
                       const std::optional<std::int32_t>& max_items);
template <class Input>
Result<Page> page_of(const Input& in) {
  return read_page(in.marker, in.max_items);
}

// Ends a page: `last` is the last key given when there is more.
template <class Output>
void end_page(Output& out, const std::optional<std::string>& last) {
  out.is_truncated = last.has_value();
  if (last) out.marker = encode_marker(*last);
}

// Gives emit() the entities that accept() wants, in order, as many as the page holds.
template <class T, class Accept, class Emit>
std::optional<std::string> walk(const identity::Table<T>& table, const Page& page, Accept accept,
                                Emit emit) {
  std::size_t given = 0;
  std::string last;
  auto it = page.after.empty() ? table.begin() : table.upper_bound(page.after);
  for (; it != table.end(); ++it) {
    const T& entity = **it;
    if (!accept(entity)) continue;
    if (given == page.items_max) return last;
    emit(entity);
    last = entity.key();
    ++given;
  }
  return std::nullopt;
}

// The same for a short list, whose items key_of() orders; sorted here without regard to case.
template <class T, class KeyOf, class Emit>
std::optional<std::string> walk_list(std::vector<T> items, const Page& page, KeyOf key_of,
                                     Emit emit) {
  using Order = identity::Table<T>;
  std::sort(items.begin(), items.end(),
            [&](const T& a, const T& b) { return Order::compare(key_of(a), key_of(b)) < 0; });
  std::size_t given = 0;
  std::string last;
  for (const T& item : items) {
    if (!page.after.empty() && Order::compare(key_of(item), page.after) <= 0) continue;
    if (given == page.items_max) return last;
    emit(item);
    last = key_of(item);
    ++given;
  }
  return std::nullopt;
}

}  // namespace rolecall::iam
