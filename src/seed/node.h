// YAML as this room sees it: maps in their order, lists, texts; each with its place in the file.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rolecall::seed {

struct Place {
  int line = 1;  // 1-based, both
  int column = 1;
};

struct Problem {
  Place at;
  std::string message;
};

struct Node {
  enum class Kind : std::uint8_t { null, text, list, map };
  struct Member;
  Kind kind = Kind::null;
  Place at;
  std::string text;
  std::vector<Node> items;
  std::vector<Member> members;

  bool is_null() const { return kind == Kind::null; }
  bool is_text() const { return kind == Kind::text; }
  bool is_list() const { return kind == Kind::list; }
  bool is_map() const { return kind == Kind::map; }
  const Node* find(std::string_view name) const;
};
struct Node::Member {
  std::string name;
  Place at;
  Node value;
};

// More nodes than any file needs; aliases of aliases would otherwise grow without bound.
inline constexpr std::size_t kNodesMax = 1'000'000;
// A policy nests 32 deep at most (base/json.h), what stands around it some 15.
inline constexpr std::size_t kDepthMax = 64;

// The text must be UTF-8.
std::expected<Node, Problem> read_yaml(std::string_view text);

// Compact JSON of a policy written as YAML: order kept, scalars as texts (policies take "true" for
// true), null as null.
std::string to_json(const Node& node);

}  // namespace rolecall::seed
