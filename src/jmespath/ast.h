// A compiled expression: nodes in one vector, children by index, so that nothing here recurses when
// it is freed. Private to the room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "jmespath/token.h"

namespace rolecall::jmespath {

using NodeId = std::uint32_t;

enum class NodeKind : std::uint8_t {
  identity,           // what it is given: also `@`
  field,              // text
  subexpression,      // children one after the other; a further `.x` joins it
  index_expression,   // the same, but a further `[n]` joins it
  pipe,               // the same, and nothing joins it
  index,              // number
  slice,              // start, stop, step
  projection,         // children: list, each
  value_projection,   // children: object, each
  filter_projection,  // children: list, each, condition
  flatten,            // child
  literal,
  multi_select_list,
  multi_select_hash,  // children, names, slots
  or_expression,
  and_expression,
  not_expression,
  comparator,  // operation
  function,    // text, function, children
  reference,   // `&child`
};

struct Slice {
  std::optional<std::int64_t> parts[3] = {};
};

struct Node {
  NodeKind kind = NodeKind::identity;
  TokenKind operation = TokenKind::eof;  // of a comparator
  std::uint16_t height = 1;              // of the tree below: evaluating recurses no deeper
  std::int32_t function = -1;            // index in functions(), -1 when there is none
  std::size_t position = 0;              // in the text, in characters
  std::string text = {};
  std::int64_t number = 0;
  Slice slice = {};
  json::Value literal = {};
  std::vector<NodeId> children = {};
  std::vector<std::string> names = {};  // of a hash: every name once, in order of coming
  std::vector<std::size_t> slots = {};  // of a hash: child i fills names[slots[i]]
};

struct Ast {
  std::string text;
  std::vector<Node> nodes;
  NodeId root = 0;
};

}  // namespace rolecall::jmespath
