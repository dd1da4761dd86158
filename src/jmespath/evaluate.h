// One search: walks the Ast over the input, counting what it does. Private to the room.
#pragma once

#include <cstdint>
#include <string>

#include "jmespath/ast.h"
#include "jmespath/expression.h"
#include "jmespath/item.h"

namespace rolecall::jmespath {

class Search {
 public:
  Search(const Ast& ast, Limits limits) : ast_(ast), limits_(limits) {}

  Result<Item> evaluate(NodeId id, const Item& input);

  // A tree of its own, for the caller and for messages.
  Result<json::Value> to_value(const Item& item);

  // As Python's ==, where True is 1 inside of lists and objects.
  Result<bool> equal(const Item& a, const Item& b);

  // Counted before the memory is taken.
  Status will_make(std::size_t values);
  Status will_make_text(std::size_t bytes) { return will_make(bytes / 32 + 1); }

  // The function call that is being made, for its messages.
  std::size_t position() const { return position_; }

 private:
  Status step();
  Result<Item> in_turn(const Node& node, const Item& input);
  Result<Item> projection(const Node& node, const Item& input);
  Result<Item> flatten(const Node& node, const Item& input);
  Result<Item> slice(const Node& node, const Item& input);
  Result<Item> multi_select_list(const Node& node, const Item& input);
  Result<Item> multi_select_hash(const Node& node, const Item& input);
  Result<Item> either(const Node& node, const Item& input);
  Result<Item> compare(const Node& node, const Item& input);
  Result<Item> call(const Node& node, const Item& input);
  Result<bool> equal_objects(const Item& a, const Item& b);
  Result<json::Value> copy(const json::Value& tree);

  const Ast& ast_;
  Limits limits_;
  std::uint64_t steps_ = 0;
  std::uint64_t values_ = 0;
  std::size_t position_ = 0;
};

// '', [], {}, null and false; 0 is not among them.
bool is_false(const Item& item);

// Python's name of the type: "int", "str", …
std::string_view python_type_of(const Item& item);

}  // namespace rolecall::jmespath
