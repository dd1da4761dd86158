// Table<T>: entities ordered by T::key(), shared between snapshots.
//
//   Table<Role> roles;                       // copying is O(1) and gives a snapshot
//   roles.put(std::make_shared<Role>(…));    // inserts or replaces
//   const Role* r = roles.find("ops");       // nullptr when there is none
//   std::shared_ptr<const Role> s = roles.get("ops");  // to keep beyond the snapshot
//   for (const auto& role : roles) use(role->name);    // in order; role is a shared_ptr
//   for (auto it = roles.upper_bound(marker); it != roles.end(); ++it) …  // the next page
//
// Keys are ordered and unique without regard to ASCII case, as IAM has its names (Rule 63), unless
// T says `static constexpr bool kExactKeys = true` (ids, ARNs, bucket names). put, erase and find
// are O(log n). Copies may be read on any thread while another copy is changed.
#pragma once

#include <memory>
#include <string_view>

#include "base/persistent_tree.h"

namespace rolecall::identity {

template <class T>
inline constexpr bool kHasExactKeys = [] {
  if constexpr (requires { T::kExactKeys; }) return bool(T::kExactKeys);
  return false;
}();

template <class T>
class Table {
  struct Traits {
    using Entry = std::shared_ptr<const T>;
    static std::string_view key(const Entry& entry) { return entry->key(); }
    static constexpr bool kExact = kHasExactKeys<T>;
  };
  using Tree = PersistentTree<Traits>;

 public:
  using Ref = std::shared_ptr<const T>;
  using Iterator = typename Tree::Iterator;  // dereferences to const Ref&

  std::size_t size() const { return tree_.size(); }
  bool empty() const { return tree_.empty(); }

  // Valid until this table changes or ends.
  const T* find(std::string_view key) const {
    const Ref* found = tree_.find(key);
    return found ? found->get() : nullptr;
  }
  // Null when there is none.
  Ref get(std::string_view key) const {
    const Ref* found = tree_.find(key);
    return found ? *found : nullptr;
  }
  bool contains(std::string_view key) const { return tree_.find(key) != nullptr; }

  // True: it is new, false: it replaced the entity of that key. Precondition: not null.
  bool put(Ref entity) { return tree_.put(std::move(entity)); }
  // False: there was none.
  bool erase(std::string_view key) { return tree_.erase(key); }
  void clear() { tree_.clear(); }

  Iterator begin() const { return tree_.begin(); }
  Iterator end() const { return tree_.end(); }
  // The first whose key is not less than / is greater than `key`, which need not be in the table.
  Iterator lower_bound(std::string_view key) const { return tree_.lower_bound(key); }
  Iterator upper_bound(std::string_view key) const { return tree_.upper_bound(key); }

  // How this table orders keys: negative, 0 or positive.
  static int compare(std::string_view a, std::string_view b) { return Tree::compare(a, b); }

 private:
  Tree tree_;
};

}  // namespace rolecall::identity
