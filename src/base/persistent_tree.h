// A sorted collection whose copies share structure (a B+-tree with path copying), and the
// reference-counted value it is built of.
//
//   PersistentTree<Traits> a;  a.put(entry);  auto b = a;  // O(1): b is a snapshot
//   a.erase(key);                                           // b still has it
//
// Copies may be read on any thread while one of them is changed: a node is changed in place only
// when no other copy can reach it. One tree object itself is not synchronised.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/encoding.h"
#include "base/error.h"

namespace rolecall {

// A shared immutable value that its only owner may edit in place; others get their own copy first.
// (shared_ptr::use_count() is a relaxed load, which does not order the other owner's last read
// before our first write; this counter's is an acquire.)
template <class T>
class Cow {
 public:
  Cow() : box_(new Box) {}
  explicit Cow(T value) : box_(new Box{std::move(value)}) {}
  Cow(const Cow& other) noexcept : box_(other.box_) { retain(box_); }
  Cow(Cow&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  Cow& operator=(Cow other) noexcept {
    std::swap(box_, other.box_);
    return *this;
  }
  ~Cow() { release(box_); }

  // A moved-from Cow may only be assigned to or destroyed.
  const T& operator*() const { return box_->value; }
  const T* operator->() const { return &box_->value; }
  // Valid until this Cow is copied.
  T& edit() {
    if (box_->references.load(std::memory_order_acquire) != 1) {
      Box* mine = new Box{box_->value};
      release(std::exchange(box_, mine));
    }
    return box_->value;
  }
  bool same(const Cow& other) const { return box_ == other.box_; }

 private:
  struct Box {
    Box() = default;
    explicit Box(T v) : value(std::move(v)) {}
    T value{};
    std::atomic<std::uint32_t> references{1};
  };
  static void retain(Box* box) {
    if (box) box->references.fetch_add(1, std::memory_order_relaxed);
  }
  static void release(Box* box) {
    if (box && box->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete box;
  }
  Box* box_;
};

// Traits:  using Entry = …;                                   default-constructible, copyable
//          static std::string_view key(const Entry&);
//          static constexpr bool kExact;                       false: ASCII case is ignored
template <class Traits>
class PersistentTree {
  struct Node;

 public:
  using Entry = typename Traits::Entry;

  PersistentTree() = default;
  PersistentTree(const PersistentTree& other) noexcept : root_(other.root_), size_(other.size_) {
    retain(root_);
  }
  PersistentTree(PersistentTree&& other) noexcept
      : root_(std::exchange(other.root_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  PersistentTree& operator=(PersistentTree other) noexcept {
    std::swap(root_, other.root_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~PersistentTree() { release(root_); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // nullptr when there is none. Valid until this tree changes or ends.
  const Entry* find(std::string_view key) const {
    const Node* node = root_;
    if (!node) return nullptr;
    while (!node->is_leaf) node = as_inner(node)->children[child_for(*as_inner(node), key)];
    const Leaf* leaf = as_leaf(node);
    const std::uint32_t hash = hash_of(key);
    for (std::size_t i = 0; i < leaf->count; ++i) {
      // The hash spares a visit to the entry, which is most of what a search costs.
      if (leaf->hashes[i] == hash && compare(Traits::key(leaf->entries[i]), key) == 0) {
        return &leaf->entries[i];
      }
    }
    return nullptr;
  }

  // The entry to change in place (its key must stay the same); nullptr when there is none.
  // Valid until this tree is copied or changed.
  Entry* edit(std::string_view key) {
    if (!find(key)) return nullptr;  // so that a miss copies nothing
    Node** at = &root_;
    for (;;) {
      own(*at);
      if ((*at)->is_leaf) break;
      Inner* inner = as_inner(*at);
      at = &inner->children[child_for(*inner, key)];
    }
    Leaf* leaf = as_leaf(*at);
    return &leaf->entries[lower_in(*leaf, key)];
  }

  // Inserts, or replaces the entry of that key. True: it is new.
  bool put(Entry entry) {
    if (!root_) root_ = new Leaf;
    Split split;
    const bool added = put_in(root_, std::move(entry), split);
    if (split.right) {
      Inner* top = new Inner;
      top->count = 2;
      top->children[0] = root_;
      top->children[1] = split.right;
      Fences& fences = top->fences.edit();
      fences.texts[0] = std::move(split.separator);
      fences.prepare(1);
      root_ = top;
    }
    size_ += added;
    return added;
  }

  // False: there was none.
  bool erase(std::string_view key) {
    if (!find(key)) return false;
    erase_in(root_, key);
    --size_;
    while (!root_->is_leaf && root_->count == 1) {
      Inner* top = as_inner(root_);
      Node* only = std::exchange(top->children[0], nullptr);
      top->count = 0;
      release(top);
      root_ = only;
    }
    if (root_->count == 0) release(std::exchange(root_, nullptr));
    return true;
  }

  void clear() {
    release(std::exchange(root_, nullptr));
    size_ = 0;
  }

  // Forward, in key order. Valid while this tree is unchanged.
  class Iterator {
   public:
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    const Entry& operator*() const { return as_leaf(path_[depth_ - 1].node)->entries[index()]; }
    const Entry* operator->() const { return &**this; }
    Iterator& operator++() {
      ++path_[depth_ - 1].index;
      settle();
      return *this;
    }
    Iterator operator++(int) {
      Iterator old = *this;
      ++*this;
      return old;
    }
    bool operator==(const Iterator& other) const {
      if (depth_ == 0 || other.depth_ == 0) return depth_ == other.depth_;
      return path_[depth_ - 1].node == other.path_[other.depth_ - 1].node &&
             index() == other.index();
    }

   private:
    friend class PersistentTree;
    struct Step {
      const Node* node;
      std::size_t index;
    };
    std::size_t index() const { return path_[depth_ - 1].index; }
    void push(const Node* node, std::size_t index) {
      RC_ASSERT(depth_ < kDepthMax);
      path_[depth_++] = {node, index};
    }
    // Climbs out of finished nodes and down to the next leaf.
    void settle() {
      while (depth_ > 0 && path_[depth_ - 1].index >= path_[depth_ - 1].node->count) {
        if (--depth_ > 0) ++path_[depth_ - 1].index;
      }
      while (depth_ > 0 && !path_[depth_ - 1].node->is_leaf) {
        push(as_inner(path_[depth_ - 1].node)->children[index()], 0);
      }
    }
    std::array<Step, 16> path_{};
    std::size_t depth_ = 0;
  };

  Iterator begin() const {
    Iterator it;
    if (root_) {
      it.push(root_, 0);
      it.settle();
    }
    return it;
  }
  Iterator end() const { return {}; }
  // The first entry whose key is not less than `key`.
  Iterator lower_bound(std::string_view key) const {
    Iterator it;
    if (!root_) return it;
    const Node* node = root_;
    while (!node->is_leaf) {
      const std::size_t child = child_for(*as_inner(node), key);
      it.push(node, child);
      node = as_inner(node)->children[child];
    }
    it.push(node, lower_in(*as_leaf(node), key));
    it.settle();
    return it;
  }
  // The first entry whose key is greater than `key`.
  Iterator upper_bound(std::string_view key) const {
    Iterator it = lower_bound(key);
    if (it != end() && compare(Traits::key(*it), key) == 0) ++it;
    return it;
  }

  // As the tree orders keys: negative, 0 or positive.
  static int compare(std::string_view a, std::string_view b) {
    if constexpr (Traits::kExact) {
      return a.compare(b);
    } else {
      const std::size_t shared = a.size() < b.size() ? a.size() : b.size();
      for (std::size_t i = 0; i < shared; ++i) {
        const int d =
            static_cast<unsigned char>(fold(a[i])) - static_cast<unsigned char>(fold(b[i]));
        if (d != 0) return d;
      }
      return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
    }
  }

 private:
  // Small leaves: a change copies one leaf, and each entry copied is an atomic increment.
  static constexpr std::size_t kLeafMax = 16;
  static constexpr std::size_t kInnerMax = 32;
  // Nodes this empty are joined with a neighbour, so height follows size.
  static constexpr std::size_t kLeafPoor = 4, kInnerPoor = 8;
  static constexpr std::size_t kDepthMax = 16;  // 8^15 entries at the poorest: never reached

  struct Node {
    explicit Node(bool leaf) : is_leaf(leaf) {}
    std::atomic<std::uint32_t> references{1};
    std::uint16_t count = 0;
    const bool is_leaf;
  };
  struct Leaf : Node {
    Leaf() : Node(true) {}
    std::array<std::uint32_t, kLeafMax> hashes{};
    std::array<Entry, kLeafMax> entries{};
  };
  // The texts between the children of an inner node: the shortest that separate, already folded.
  // Versions of a node share them until the node splits or joins.
  struct Fences {
    std::array<std::string, kInnerMax - 1> texts;
    // For the search: what all texts begin with, and the eight bytes after it of each. Most
    // searches then read a few lines of memory and no text but the first.
    std::size_t shared = 0;
    std::array<std::uint64_t, kInnerMax - 1> heads{};

    void prepare(std::size_t count) {
      if (count == 0) return;
      // Texts are in order, so the first and the last differ soonest.
      const std::string &first = texts[0], &last = texts[count - 1];
      shared = 0;
      while (shared < first.size() && shared < last.size() && first[shared] == last[shared]) {
        ++shared;
      }
      for (std::size_t i = 0; i < count; ++i) heads[i] = head_of(texts[i], shared);
    }
  };
  // INVARIANT: keys of children[i] are >= fences.texts[i-1] and < fences.texts[i].
  struct Inner : Node {
    Inner() : Node(false) {}
    Cow<Fences> fences;
    std::array<Node*, kInnerMax> children{};
  };
  struct Split {
    std::string separator;
    Node* right = nullptr;
  };

  static const Leaf* as_leaf(const Node* node) { return static_cast<const Leaf*>(node); }
  static Leaf* as_leaf(Node* node) { return static_cast<Leaf*>(node); }
  static const Inner* as_inner(const Node* node) { return static_cast<const Inner*>(node); }
  static Inner* as_inner(Node* node) { return static_cast<Inner*>(node); }

  static void retain(Node* node) {
    if (node) node->references.fetch_add(1, std::memory_order_relaxed);
  }
  static void release(Node* node) {
    if (!node || node->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    if (node->is_leaf) {
      delete as_leaf(node);
      return;
    }
    Inner* inner = as_inner(node);
    for (std::size_t i = 0; i < inner->count; ++i) release(inner->children[i]);
    delete inner;
  }
  // Makes `node` ours alone.
  static void own(Node*& node) {
    if (node->references.load(std::memory_order_acquire) == 1) return;
    Node* copy = nullptr;
    if (node->is_leaf) {
      const Leaf* from = as_leaf(node);
      Leaf* to = new Leaf;
      to->hashes = from->hashes;
      for (std::size_t i = 0; i < from->count; ++i) to->entries[i] = from->entries[i];
      copy = to;
    } else {
      const Inner* from = as_inner(node);
      Inner* to = new Inner;
      for (std::size_t i = 0; i < from->count; ++i) {
        to->children[i] = from->children[i];
        retain(to->children[i]);
      }
      to->fences = from->fences;
      copy = to;
    }
    copy->count = node->count;
    release(std::exchange(node, copy));
  }

  static char fold(char c) {
    if constexpr (Traits::kExact) return c;
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  }
  static std::uint32_t hash_of(std::string_view key) {
    std::uint32_t hash = 2166136261u;  // FNV-1a
    for (const char c : key) hash = (hash ^ static_cast<unsigned char>(fold(c))) * 16777619u;
    return hash;
  }
  // The shortest folded text that is > left and <= right.
  static std::string separator_between(std::string_view left, std::string_view right) {
    std::size_t same = 0;
    while (same < left.size() && same < right.size() && fold(left[same]) == fold(right[same])) {
      ++same;
    }
    std::string out(right.substr(0, same + 1));
    for (char& c : out) c = fold(c);
    return out;
  }

  // The eight bytes from `from` on, big-endian, so that their numbers order as the texts do; what
  // is missing counts as 0 (texts whose heads are equal are compared as texts).
  static std::uint64_t head_of(std::string_view text, std::size_t from) {
    std::uint64_t head = 0;
    for (std::size_t i = from; i < from + 8; ++i) {
      head = head << 8 | (i < text.size() ? static_cast<unsigned char>(fold(text[i])) : 0u);
    }
    return head;
  }
  static std::size_t child_for(const Inner& inner, std::string_view key) {
    const Fences& fences = *inner.fences;
    std::size_t low = 0, high = inner.count - 1u;  // texts [0, high)
    if (high == 0) return 0;
    const int begins = compare(key.substr(0, fences.shared),
                               std::string_view(fences.texts[0]).substr(0, fences.shared));
    if (begins != 0) return begins < 0 ? 0 : high;
    const std::uint64_t head = head_of(key, fences.shared);
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      const std::uint64_t other = fences.heads[middle];
      if (head < other || (head == other && compare(key, fences.texts[middle]) < 0)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
  static std::size_t lower_in(const Leaf& leaf, std::string_view key) {
    std::size_t low = 0, high = leaf.count;
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (compare(Traits::key(leaf.entries[middle]), key) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  static void insert_at(Leaf& leaf, std::size_t at, Entry entry, std::uint32_t hash) {
    for (std::size_t i = leaf.count; i > at; --i) {
      leaf.entries[i] = std::move(leaf.entries[i - 1]);
      leaf.hashes[i] = leaf.hashes[i - 1];
    }
    leaf.entries[at] = std::move(entry);
    leaf.hashes[at] = hash;
    ++leaf.count;
  }
  // Where to cut a full node that grows at `at`: at its end when it grows there, so that loading in
  // order fills every node.
  static std::size_t cut_for(std::size_t at, std::size_t count) {
    return at == count ? count : count / 2;
  }

  static bool put_in(Node*& node, Entry&& entry, Split& split) {
    own(node);
    if (node->is_leaf) return put_in_leaf(*as_leaf(node), std::move(entry), split);
    Inner& inner = *as_inner(node);
    const std::size_t child = child_for(inner, Traits::key(entry));
    Split below;
    const bool added = put_in(inner.children[child], std::move(entry), below);
    if (below.right) put_child(inner, child + 1, std::move(below), split);
    return added;
  }

  static bool put_in_leaf(Leaf& leaf, Entry&& entry, Split& split) {
    const std::string_view key = Traits::key(entry);
    const std::size_t at = lower_in(leaf, key);
    const std::uint32_t hash = hash_of(key);
    if (at < leaf.count && compare(Traits::key(leaf.entries[at]), key) == 0) {
      leaf.entries[at] = std::move(entry);
      leaf.hashes[at] = hash;
      return false;
    }
    if (leaf.count < kLeafMax) {
      insert_at(leaf, at, std::move(entry), hash);
      return true;
    }
    Leaf* right = new Leaf;
    const std::size_t cut = cut_for(at, leaf.count);
    for (std::size_t i = cut; i < leaf.count; ++i) {
      right->entries[i - cut] = std::exchange(leaf.entries[i], Entry{});
      right->hashes[i - cut] = leaf.hashes[i];
    }
    right->count = static_cast<std::uint16_t>(leaf.count - cut);
    leaf.count = static_cast<std::uint16_t>(cut);
    if (at < cut) {
      insert_at(leaf, at, std::move(entry), hash);
    } else {
      insert_at(*right, at - cut, std::move(entry), hash);
    }
    split.separator = separator_between(Traits::key(leaf.entries[leaf.count - 1u]),
                                        Traits::key(right->entries[0]));
    split.right = right;
    return true;
  }

  // Puts below.right at child index `at` (>= 1) and its separator before it.
  static void insert_child(Inner& inner, std::size_t at, Split&& below) {
    Fences& fences = inner.fences.edit();
    for (std::size_t i = inner.count; i > at; --i) {
      inner.children[i] = inner.children[i - 1];
      fences.texts[i - 1] = std::move(fences.texts[i - 2]);
    }
    inner.children[at] = below.right;
    fences.texts[at - 1] = std::move(below.separator);
    ++inner.count;
    fences.prepare(inner.count - 1u);
  }
  static void put_child(Inner& inner, std::size_t at, Split&& below, Split& split) {
    if (inner.count < kInnerMax) return insert_child(inner, at, std::move(below));
    Inner* right = new Inner;
    split.right = right;
    if (at == inner.count) {
      right->children[0] = below.right;
      right->count = 1;
      split.separator = std::move(below.separator);
      return;
    }
    const std::size_t cut = inner.count / 2u;
    Fences& fences = inner.fences.edit();
    Fences& right_fences = right->fences.edit();
    split.separator = std::move(fences.texts[cut - 1]);
    for (std::size_t i = cut; i < inner.count; ++i) {
      right->children[i - cut] = std::exchange(inner.children[i], nullptr);
      if (i + 1 < inner.count) right_fences.texts[i - cut] = std::move(fences.texts[i]);
    }
    right->count = static_cast<std::uint16_t>(inner.count - cut);
    inner.count = static_cast<std::uint16_t>(cut);
    fences.prepare(inner.count - 1u);
    right_fences.prepare(right->count - 1u);
    if (at <= cut) {
      insert_child(inner, at, std::move(below));
    } else {
      insert_child(*right, at - cut, std::move(below));
    }
  }

  // Precondition: the key is there.
  static void erase_in(Node*& node, std::string_view key) {
    own(node);
    if (node->is_leaf) {
      Leaf& leaf = *as_leaf(node);
      for (std::size_t i = lower_in(leaf, key); i + 1 < leaf.count; ++i) {
        leaf.entries[i] = std::move(leaf.entries[i + 1]);
        leaf.hashes[i] = leaf.hashes[i + 1];
      }
      --leaf.count;
      leaf.entries[leaf.count] = Entry{};
      return;
    }
    Inner& inner = *as_inner(node);
    const std::size_t child = child_for(inner, key);
    erase_in(inner.children[child], key);
    Node* changed = inner.children[child];
    if (changed->count == 0) {
      release(changed);
      remove_child(inner, child);
    } else if (changed->count < (changed->is_leaf ? kLeafPoor : kInnerPoor)) {
      if (child + 1 < inner.count && join(inner, child)) return;
      if (child > 0) (void)join(inner, child - 1);
    }
  }
  // Forgets children[at] (its reference was passed on or dropped) and one separator beside it.
  static void remove_child(Inner& inner, std::size_t at) {
    const std::size_t last = inner.count - 1u;
    for (std::size_t i = at; i < last; ++i) inner.children[i] = inner.children[i + 1];
    inner.children[last] = nullptr;
    if (last > 0) {
      Fences& fences = inner.fences.edit();
      for (std::size_t i = at > 0 ? at - 1 : 0; i + 1 < last; ++i) {
        fences.texts[i] = std::move(fences.texts[i + 1]);
      }
      fences.texts[last - 1].clear();
      fences.prepare(last - 1);
    }
    --inner.count;
  }
  // Moves the contents of children[left+1] into children[left] if they fit.
  static bool join(Inner& inner, std::size_t left) {
    Node* right = inner.children[left + 1];
    const std::size_t max = right->is_leaf ? kLeafMax : kInnerMax;
    if (inner.children[left]->count + right->count > max) return false;
    own(inner.children[left]);
    Node* target = inner.children[left];
    const std::size_t base = target->count;
    if (target->is_leaf) {
      for (std::size_t i = 0; i < right->count; ++i) {
        as_leaf(target)->entries[base + i] = as_leaf(right)->entries[i];
        as_leaf(target)->hashes[base + i] = as_leaf(right)->hashes[i];
      }
    } else {
      Fences& fences = as_inner(target)->fences.edit();
      fences.texts[base - 1] = inner.fences->texts[left];
      for (std::size_t i = 0; i < right->count; ++i) {
        as_inner(target)->children[base + i] = as_inner(right)->children[i];
        retain(as_inner(right)->children[i]);
        if (i + 1 < right->count) fences.texts[base + i] = as_inner(right)->fences->texts[i];
      }
      fences.prepare(base + right->count - 1u);
    }
    target->count = static_cast<std::uint16_t>(base + right->count);
    release(right);
    remove_child(inner, left + 1);
    return true;
  }

  Node* root_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace rolecall
