#include "audit/decision_record.h"

#include <vector>

#include "base/json.h"

namespace rolecall::audit {
namespace {

// A terminal must not act on what a caller put into a name.
std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return out;
}

std::string text_of(const json::Value& value, std::string_view name) {
  return printable(value.find_text(name).value_or(""));
}
bool flag(const json::Value& value, std::string_view name) {
  const json::Value* found = value.find(name);
  return found != nullptr && found->as_bool();
}
const std::vector<json::Value>& list(const json::Value& value, std::string_view name) {
  static const std::vector<json::Value> none;
  const json::Value* found = value.find(name);
  return found != nullptr ? found->items() : none;
}
std::string joined(const std::vector<json::Value>& values) {
  std::string out;
  for (const auto& value : values) out += (out.empty() ? "" : ", ") + printable(value.text());
  return out;
}
// Counted from 1, as people count.
std::string ordinal(const json::Value& value, std::string_view name) {
  const json::Value* found = value.find(name);
  const auto number = found != nullptr ? found->as_integer() : std::nullopt;
  return number ? std::to_string(*number + 1) : "";
}

// One node of the tree before it is drawn.
struct Line {
  std::string text;
  std::vector<Line> below;
};

void draw(const std::vector<Line>& lines, const std::string& indent, std::string& out) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool last = i + 1 == lines.size();
    out.append(indent).append(last ? "└─ " : "├─ ").append(lines[i].text).append("\n");
    draw(lines[i].below, indent + (last ? "   " : "│  "), out);
  }
}

Line condition_line(const json::Value& condition) {
  std::string text = flag(condition, "matched") ? "met: " : "not met: ";
  text += text_of(condition, "operator") + " " + text_of(condition, "key") + " [" +
          joined(list(condition, "policyValues")) + "]; the request has ";
  text += flag(condition, "keyPresent") ? "[" + joined(list(condition, "requestValues")) + "]"
                                        : std::string("no such key");
  return {std::move(text), {}};
}

Line statement_line(const json::Value& statement) {
  std::string text = "statement " + ordinal(statement, "index");
  if (const auto sid = text_of(statement, "sid"); !sid.empty()) text += " `" + sid + "`";
  text += ", " + text_of(statement, "effect") + ": ";
  if (flag(statement, "applies")) {
    text += "applies";
  } else {
    std::string misses;
    for (const auto& [name, words] : {std::pair{"principalMatched", "another principal"},
                                      {"actionMatched", "another action"},
                                      {"resourceMatched", "another resource"},
                                      {"conditionsMatched", "condition not met"}}) {
      if (!flag(statement, name)) misses += (misses.empty() ? "" : ", ") + std::string(words);
    }
    text += misses;
  }
  Line line{std::move(text), {}};
  for (const auto& condition : list(statement, "conditions")) {
    line.below.push_back(condition_line(condition));
  }
  return line;
}

Line layer_line(const json::Value& layer) {
  std::string text = text_of(layer, "layer");
  if (const auto level = ordinal(layer, "level"); !level.empty()) text += ", level " + level;
  if (!flag(layer, "considered")) {
    return {text + ": not considered, " + text_of(layer, "note"), {}};
  }
  text += flag(layer, "denies") ? ": denies" : flag(layer, "allows") ? ": allows" : ": silent";
  Line line{std::move(text), {}};
  for (const auto& policy : list(layer, "policies")) {
    Line named{text_of(policy, "name"), {}};
    if (!flag(policy, "readable")) named.text += " (cannot be read, so it denies)";
    for (const auto& statement : list(policy, "statements")) {
      named.below.push_back(statement_line(statement));
    }
    line.below.push_back(std::move(named));
  }
  return line;
}

}  // namespace

Result<std::string> render_decision(std::string_view record) {
  const auto parsed = json::parse(record, {.depth_max = 64});
  if (!parsed || !parsed->is_object() || parsed->find("id") == nullptr) {
    return fault("not a decision record");
  }
  static const json::Value kNone;
  const json::Value* found = parsed->find("trace");
  const json::Value& trace = found != nullptr ? *found : kNone;
  std::string out = text_of(*parsed, "id") + "  " + text_of(trace, "decision");
  if (const auto summary = text_of(trace, "summary"); !summary.empty()) out += ": " + summary;
  out += "\n  who       " + text_of(*parsed, "principal");
  out += "\n  action    " + text_of(*parsed, "action");
  out += "\n  resource  " + text_of(*parsed, "resource");
  out += "\n  when      " + text_of(*parsed, "time") + ", request " + text_of(*parsed, "requestId");
  out += "\n";
  if (const auto& missing = list(trace, "missingContextKeys"); !missing.empty()) {
    out += "  missing   " + joined(missing) + "\n";
  }
  std::vector<Line> lines;
  for (const auto& layer : list(trace, "layers")) lines.push_back(layer_line(layer));
  if (const json::Value* context = parsed->find("context")) {
    Line keys{"context of the request", {}};
    for (const auto& member : context->members()) {
      keys.below.push_back({printable(member.name) + ": " + joined(member.value.items()), {}});
    }
    lines.push_back(std::move(keys));
  }
  draw(lines, "", out);
  return out;
}

}  // namespace rolecall::audit
