#include <yaml-cpp/yaml.h>

#include <set>

#include "base/encoding.h"
#include "base/json.h"
#include "seed/node.h"

namespace rolecall::seed {
namespace {

// An empty file has no mark at all (-1).
Place place_of(const YAML::Mark& mark) {
  return {std::max(mark.line, 0) + 1, std::max(mark.column, 0) + 1};
}

struct Failure {
  Problem problem;
};

// SAFETY: an alias may stand for a part of the file that contains it, so the depth is bounded too.
Node convert(const YAML::Node& from, std::size_t& budget, std::size_t depth) {
  Node out;
  out.at = place_of(from.Mark());
  if (budget == 0) throw Failure{{out.at, "too many values"}};
  if (depth == kDepthMax) throw Failure{{out.at, "nested too deeply"}};
  --budget;
  switch (from.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null:
      break;
    case YAML::NodeType::Scalar:
      out.kind = Node::Kind::text;
      out.text = from.Scalar();
      break;
    case YAML::NodeType::Sequence:
      out.kind = Node::Kind::list;
      for (const auto& item : from) out.items.push_back(convert(item, budget, depth + 1));
      break;
    case YAML::NodeType::Map: {
      out.kind = Node::Kind::map;
      std::set<std::string> names;
      for (const auto& member : from) {
        const Place at = place_of(member.first.Mark());
        if (!member.first.IsScalar()) throw Failure{{at, "a key must be a text"}};
        const std::string& name = member.first.Scalar();
        if (!names.insert(name).second) throw Failure{{at, "`" + name + "` stands here twice"}};
        out.members.push_back({name, at, convert(member.second, budget, depth + 1)});
      }
      break;
    }
  }
  return out;
}

void write(const Node& node, json::Writer& w) {
  switch (node.kind) {
    case Node::Kind::null:
      w.null();
      break;
    case Node::Kind::text:
      w.string(node.text);
      break;
    case Node::Kind::list:
      w.begin_array();
      for (const auto& item : node.items) write(item, w);
      w.end_array();
      break;
    case Node::Kind::map:
      w.begin_object();
      for (const auto& member : node.members) {
        w.key(member.name);
        write(member.value, w);
      }
      w.end_object();
      break;
  }
}

}  // namespace

const Node* Node::find(std::string_view name) const {
  for (const auto& member : members) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

std::expected<Node, Problem> read_yaml(std::string_view text) {
  // Line by line, to tell where.
  std::size_t line_start = 0;
  for (int line = 1; line_start < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', line_start), text.size());
    if (!is_valid_utf8(text.substr(line_start, end - line_start))) {
      return std::unexpected(Problem{{line, 1}, "this line is not UTF-8"});
    }
    line_start = end + 1;
  }
  // yaml-cpp tells its errors by exceptions; they end here.
  try {
    std::size_t budget = kNodesMax;
    return convert(YAML::Load(std::string(text)), budget, 0);
  } catch (const Failure& failure) {
    return std::unexpected(failure.problem);
  } catch (const YAML::Exception& error) {
    return std::unexpected(Problem{place_of(error.mark), error.msg});
  }
}

std::string to_json(const Node& node) {
  std::string out;
  json::Writer w(out);
  write(node, w);
  return out;
}

}  // namespace rolecall::seed
