// The meaning of each node. Where the specification and Python's jmespath part, Python's answer
// counts: people's queries were written against it.
#include "jmespath/evaluate.h"

#include <algorithm>
#include <unordered_map>

#include "base/python_text.h"
#include "jmespath/failure.h"
#include "jmespath/functions.h"
#include "jmespath/number.h"

namespace rolecall::jmespath {

bool is_false(const Item& item) {
  if (item.is_reference()) return false;
  switch (item.kind()) {
    case json::Kind::null:
      return true;
    case json::Kind::boolean:
      return !item.as_bool();
    case json::Kind::number:
      return false;
    case json::Kind::string:
      return item.text().empty();
    case json::Kind::array:
    case json::Kind::object:
      return item.size() == 0;
  }
  return false;
}

std::string_view python_type_of(const Item& item) {
  if (item.is_reference()) return "_Expression";
  if (const json::Value* place = item.place()) return python_type(*place);
  return item.is_array() ? "list" : "dict";
}

Status Search::step() {
  if (++steps_ <= limits_.steps_max) return {};
  return failure("LimitExceeded",
                 "the query takes more than " + std::to_string(limits_.steps_max) + " steps",
                 position_);
}

Status Search::will_make(std::size_t values) {
  values_ += values;
  if (values_ <= limits_.values_max) return {};
  return failure("LimitExceeded",
                 "the query makes more than " + std::to_string(limits_.values_max) + " values",
                 position_);
}

Result<Item> Search::evaluate(NodeId id, const Item& input) {
  RC_CHECK(step());
  const Node& node = ast_.nodes[id];
  switch (node.kind) {
    case NodeKind::identity:
      return input;
    case NodeKind::field:
      return input.is_object() ? input.find(node.text) : Item();
    case NodeKind::subexpression:
    case NodeKind::index_expression:
    case NodeKind::pipe:
      return in_turn(node, input);
    case NodeKind::index: {
      if (!input.is_array()) return Item();
      const auto size = static_cast<std::int64_t>(input.size());
      if (node.number >= size || node.number < -size) return Item();
      return input.at(static_cast<std::size_t>(node.number < 0 ? node.number + size : node.number));
    }
    case NodeKind::slice:
      return slice(node, input);
    case NodeKind::projection:
    case NodeKind::value_projection:
    case NodeKind::filter_projection:
      return projection(node, input);
    case NodeKind::flatten:
      return flatten(node, input);
    case NodeKind::literal:
      return Item(node.literal);
    case NodeKind::multi_select_list:
      return multi_select_list(node, input);
    case NodeKind::multi_select_hash:
      return multi_select_hash(node, input);
    case NodeKind::or_expression:
    case NodeKind::and_expression:
      return either(node, input);
    case NodeKind::not_expression: {
      RC_TRY(const Item operand, evaluate(node.children[0], input));
      return Item::boolean(is_false(operand));
    }
    case NodeKind::comparator:
      return compare(node, input);
    case NodeKind::function:
      return call(node, input);
    case NodeKind::reference:
      return Item::reference(node.children[0]);
  }
  return Item();
}

Result<Item> Search::in_turn(const Node& node, const Item& input) {
  Item current = input;
  for (const NodeId child : node.children) {
    RC_TRY(Item next, evaluate(child, current));
    current = std::move(next);
  }
  return current;
}

Result<Item> Search::projection(const Node& node, const Item& input) {
  RC_TRY(const Item base, evaluate(node.children[0], input));
  if (node.kind == NodeKind::value_projection ? !base.is_object() : !base.is_array()) {
    return Item();
  }
  Item::List out;
  const std::size_t size = base.size();
  for (std::size_t i = 0; i < size; ++i) {
    const Item element = base.at(i);
    if (node.kind == NodeKind::filter_projection) {
      RC_TRY(const Item condition, evaluate(node.children[2], element));
      if (is_false(condition)) continue;
    }
    RC_TRY(Item result, evaluate(node.children[1], element));
    if (result.is_null()) continue;
    RC_CHECK(will_make(1));
    out.push_back(std::move(result));
  }
  return Item::list(std::move(out));
}

Result<Item> Search::flatten(const Node& node, const Item& input) {
  RC_TRY(const Item base, evaluate(node.children[0], input));
  if (!base.is_array()) return Item();
  Item::List out;
  for (std::size_t i = 0; i < base.size(); ++i) {
    const Item element = base.at(i);
    RC_CHECK(will_make(element.is_array() ? element.size() : 1));
    if (!element.is_array()) {
      out.push_back(element);
      continue;
    }
    for (std::size_t j = 0; j < element.size(); ++j) out.push_back(element.at(j));
  }
  return Item::list(std::move(out));
}

Result<Item> Search::slice(const Node& node, const Item& input) {
  if (!input.is_array()) return Item();
  const std::int64_t step = node.slice.parts[2].value_or(1);
  if (step == 0) return failure("ValueError", "slice step cannot be zero", node.position);
  const auto size = static_cast<std::int64_t>(input.size());
  // Python's slice.indices(): from the end when negative, then inside of what the step can reach.
  const std::int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? size : size - 1;
  const auto bound = [&](std::optional<std::int64_t> part, std::int64_t otherwise) {
    if (!part) return otherwise;
    if (*part < 0) return *part < -size ? lowest : std::max(*part + size, lowest);
    return std::min(*part, highest);
  };
  const std::int64_t start = bound(node.slice.parts[0], step > 0 ? lowest : highest);
  const std::int64_t stop = bound(node.slice.parts[1], step > 0 ? highest : lowest);
  Item::List out;
  for (std::int64_t i = start; step > 0 ? i < stop : i > stop;) {
    RC_CHECK(will_make(1));
    out.push_back(input.at(static_cast<std::size_t>(i)));
    if (step > 0 ? step >= stop - i : step <= stop - i) break;  // the next one, without overflow
    i += step;
  }
  return Item::list(std::move(out));
}

Result<Item> Search::multi_select_list(const Node& node, const Item& input) {
  if (input.is_null()) return Item();
  RC_CHECK(will_make(node.children.size()));
  Item::List out;
  out.reserve(node.children.size());
  for (const NodeId child : node.children) {
    RC_TRY(Item element, evaluate(child, input));
    out.push_back(std::move(element));
  }
  return Item::list(std::move(out));
}

Result<Item> Search::multi_select_hash(const Node& node, const Item& input) {
  if (input.is_null()) return Item();
  RC_CHECK(will_make(node.names.size()));
  Item::Map out;
  out.reserve(node.names.size());
  for (const std::string& name : node.names) out.push_back({name, Item()});
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    RC_TRY(Item value, evaluate(node.children[i], input));
    out[node.slots[i]].value = std::move(value);
  }
  return Item::map(std::move(out));
}

Result<Item> Search::either(const Node& node, const Item& input) {
  RC_TRY(Item left, evaluate(node.children[0], input));
  if (is_false(left) == (node.kind == NodeKind::or_expression)) {
    return evaluate(node.children[1], input);
  }
  return left;
}

Result<Item> Search::compare(const Node& node, const Item& input) {
  RC_TRY(const Item left, evaluate(node.children[0], input));
  RC_TRY(const Item right, evaluate(node.children[1], input));
  if (node.operation == TokenKind::eq || node.operation == TokenKind::ne) {
    // 1 is not true here, though it is inside of a list.
    bool same = left.is_bool() == right.is_bool();
    if (same) {
      RC_TRY(same, equal(left, right));
    }
    return Item::boolean(same == (node.operation == TokenKind::eq));
  }
  const auto is_ordered = [](const Item& item) { return item.is_number() || item.is_string(); };
  if (!is_ordered(left) || !is_ordered(right)) return Item();
  static constexpr std::string_view kSigns[] = {">", "<", ">=", "<="};
  const auto sign =
      static_cast<std::size_t>(node.operation) - static_cast<std::size_t>(TokenKind::gt);
  if (left.kind() != right.kind()) {
    return unordered(kSigns[sign], left, right, node.position);
  }
  const std::strong_ordering order = left.is_number() ? compare_numbers(left.text(), right.text())
                                                      : left.text().compare(right.text()) <=> 0;
  switch (node.operation) {
    case TokenKind::gt:
      return Item::boolean(order > 0);
    case TokenKind::lt:
      return Item::boolean(order < 0);
    case TokenKind::gte:
      return Item::boolean(order >= 0);
    default:
      return Item::boolean(order <= 0);
  }
}

Result<Item> Search::call(const Node& node, const Item& input) {
  std::vector<Item> arguments;
  arguments.reserve(node.children.size());
  for (const NodeId child : node.children) {
    RC_TRY(Item argument, evaluate(child, input));
    arguments.push_back(std::move(argument));
  }
  position_ = node.position;
  if (node.function < 0) {
    return failure("UnknownFunctionError", "Unknown function: " + node.text + "()", node.position);
  }
  return call_function(*this, static_cast<std::size_t>(node.function), arguments);
}

Result<bool> Search::equal(const Item& a, const Item& b) {
  RC_CHECK(step());
  if (a.is_reference() || b.is_reference()) return false;
  if ((a.is_number() || a.is_bool()) && (b.is_number() || b.is_bool())) {
    const auto text = [](const Item& item) -> std::string_view {
      if (item.is_number()) return item.text();
      return item.as_bool() ? "1" : "0";
    };
    return compare_numbers(text(a), text(b)) == 0;
  }
  if (a.kind() != b.kind()) return false;
  if (a.is_null()) return true;
  if (a.is_string()) return a.text() == b.text();
  if (a.size() != b.size()) return false;
  if (a.is_object()) return equal_objects(a, b);
  for (std::size_t i = 0; i < a.size(); ++i) {
    RC_TRY(const bool same, equal(a.at(i), b.at(i)));
    if (!same) return false;
  }
  return true;
}

Result<bool> Search::equal_objects(const Item& a, const Item& b) {
  std::unordered_map<std::string_view, std::size_t> places;  // made when the orders differ
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t other = i;
    if (a.name(i) != b.name(i)) {
      if (places.empty()) {
        for (std::size_t j = 0; j < b.size(); ++j) places.emplace(b.name(j), j);
      }
      const auto found = places.find(a.name(i));
      if (found == places.end()) return false;
      other = found->second;
    }
    RC_TRY(const bool same, equal(a.at(i), b.at(other)));
    if (!same) return false;
  }
  return true;
}

Result<json::Value> Search::copy(const json::Value& tree) {
  RC_CHECK(will_make_text(tree.text().size()));
  if (tree.is_array()) {
    json::Value out = json::Value::array();
    out.items().reserve(tree.items().size());
    for (const json::Value& item : tree.items()) {
      RC_TRY(json::Value copied, copy(item));
      out.push(std::move(copied));
    }
    return out;
  }
  if (tree.is_object()) {
    json::Value out = json::Value::object();
    out.members().reserve(tree.members().size());
    for (const json::Member& member : tree.members()) {
      RC_TRY(json::Value copied, copy(member.value));
      out.add(member.name, std::move(copied));
    }
    return out;
  }
  return tree;
}

Result<json::Value> Search::to_value(const Item& item) {
  if (item.is_reference()) {
    return failure("TypeError", "an expression reference is no value", position_);
  }
  if (const json::Value* place = item.place()) return copy(*place);
  RC_CHECK(will_make(1));
  json::Value out = item.is_array() ? json::Value::array() : json::Value::object();
  for (std::size_t i = 0; i < item.size(); ++i) {
    RC_TRY(json::Value element, to_value(item.at(i)));
    if (item.is_array()) {
      out.push(std::move(element));
    } else {
      out.add(std::string(item.name(i)), std::move(element));
    }
  }
  return out;
}

Result<json::Value> Expression::search(const json::Value& input, Limits limits) const {
  Search search(*ast_, limits);
  RC_TRY(const Item found, search.evaluate(ast_->root, Item(input)));
  return search.to_value(found);
}

}  // namespace rolecall::jmespath
