// A value while a query runs: a place in the input or in a literal, or something made on the way
// that shares what it was made of. Copying one never copies a tree. Private to the room.
//
// An Item must not outlive the input and the Ast it points into.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json.h"
#include "jmespath/ast.h"

namespace rolecall::jmespath {

class Item {
 public:
  struct Entry;
  using List = std::vector<Item>;
  using Map = std::vector<Entry>;

  Item();  // null
  Item(const json::Value& place) : is_(&place) {}
  Item(json::Value&&) = delete;  // it would be gone
  static Item null() { return {}; }
  static Item boolean(bool value);
  static Item number(std::string text);
  static Item string(std::string text);
  static Item list(List items);
  static Item map(Map entries);
  static Item reference(NodeId expression);  // `&expression`

  bool is_reference() const { return std::holds_alternative<NodeId>(is_); }
  // Precondition: is_reference().
  NodeId expression() const { return std::get<NodeId>(is_); }
  // Null for a reference; ask is_reference() where it matters.
  json::Kind kind() const;
  bool is_null() const { return !is_reference() && kind() == json::Kind::null; }
  bool is_bool() const { return kind() == json::Kind::boolean; }
  bool is_number() const { return kind() == json::Kind::number; }
  bool is_string() const { return kind() == json::Kind::string; }
  bool is_array() const { return kind() == json::Kind::array; }
  bool is_object() const { return kind() == json::Kind::object; }

  const std::string& text() const;  // of a string or a number
  bool as_bool() const { return text() == "true"; }

  std::size_t size() const;                        // of an array or object
  Item at(std::size_t index) const;                // element or member value
  std::string_view name(std::size_t index) const;  // of a member
  Item find(std::string_view name) const;          // null when there is none

  // The tree it stands in, when it stands in one.
  const json::Value* place() const;

 private:
  using Made = std::shared_ptr<const json::Value>;
  std::variant<const json::Value*, Made, std::shared_ptr<const List>, std::shared_ptr<const Map>,
               NodeId>
      is_;
};

struct Item::Entry {
  std::string_view name;  // in the input or the Ast
  Item value;
};

}  // namespace rolecall::jmespath
