#include "audit/decision_record.h"

#include <optional>
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
  } else if (!flag(statement, "actionMatched")) {
    text += "another action";  // the engine looks no further then
  } else {
    std::string misses;
    for (const auto& [name, words] : {std::pair{"principalMatched", "another principal"},
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

// What people call the policies of a layer. A role's own policy is its trust policy.
std::string layer_words(std::string_view layer, bool trust) {
  if (layer == "scp") return "service control policies";
  if (layer == "rcp") return "resource control policies";
  if (layer == "identity") return "identity policies";
  if (layer == "boundary") return "permissions boundary";
  if (layer == "session") return "session policies";
  if (layer == "resource") return trust ? "trust policy" : "resource policy";
  if (layer == "endpoint") return "endpoint policy";
  return printable(layer);
}

Line layer_line(const json::Value& layer, bool trust) {
  std::string text = layer_words(layer.find_text("layer").value_or(""), trust);
  if (const auto level = ordinal(layer, "level"); !level.empty()) {
    text += ", level " + level + (level == "1" ? " (the root)" : "");
  }
  if (!flag(layer, "considered")) {
    return {text + ": not considered, " + text_of(layer, "note"), {}};
  }
  text += flag(layer, "denies")   ? ": denies"
          : flag(layer, "allows") ? ": allows"
                                  : ": nothing here allows it";
  Line line{std::move(text), {}};
  const auto& policies = list(layer, "policies");
  const bool nameless = layer.find_text("layer") == "resource" && policies.size() == 1 &&
                        flag(policies.front(), "readable");
  for (const auto& policy : policies) {
    if (nameless) {  // the resource's one policy, of which the layer's name says all
      for (const auto& statement : list(policy, "statements")) {
        line.below.push_back(statement_line(statement));
      }
      continue;
    }
    Line named{text_of(policy, "name"), {}};
    if (!flag(policy, "readable")) named.text += " (cannot be read, so it denies)";
    for (const auto& statement : list(policy, "statements")) {
      named.below.push_back(statement_line(statement));
    }
    line.below.push_back(std::move(named));
  }
  return line;
}

std::optional<std::size_t> number_of(const json::Value& value, std::string_view name) {
  const json::Value* found = value.find(name);
  const auto number = found != nullptr ? found->as_integer() : std::nullopt;
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::size_t>(*number);
}

// The layer that decided; null when it holds no policy, or nothing was decided by one.
const json::Value* deciding_layer(const json::Value& trace) {
  for (const auto& layer : list(trace, "layers")) {
    if (layer.find_text("layer") == trace.find_text("layer") &&
        number_of(layer, "level") == number_of(trace, "level")) {
      return &layer;
    }
  }
  return nullptr;
}

// The one statement that denied, or what would have to be there.
std::string decisive(const json::Value& record, const json::Value& trace, bool trust) {
  const std::string_view reason = trace.find_text("reason").value_or("");
  const std::string_view name = trace.find_text("layer").value_or("");
  const std::string words = layer_words(name, trust);
  const json::Value* layer = deciding_layer(trace);
  if (reason == "explicit_deny" && layer != nullptr) {
    const auto policy = number_of(trace, "policy"), at = number_of(trace, "statement");
    const auto& policies = list(*layer, "policies");
    if (!policy || !at || *policy >= policies.size()) return {};
    const auto& statements = list(policies[*policy], "statements");
    std::string out = "  denied by statement " + std::to_string(*at + 1);
    if (*at < statements.size()) {
      if (const auto sid = text_of(statements[*at], "sid"); !sid.empty()) out += " `" + sid + "`";
    }
    return out + " of " + text_of(policies[*policy], "name") + " (" + words + ")\n";
  }
  if (reason != "no_allow") return {};
  const std::string asked = text_of(record, "action") + " on " + text_of(record, "resource");
  const std::string who = text_of(record, "principal");
  if (name == "identity") {
    return "  missing   a policy of " + who + " that allows " + asked + "\n";
  }
  if (name == "resource") {
    return "  missing   a statement in the " + words + " of " + text_of(record, "resource") +
           " that allows " + text_of(record, "action") + " to " + who + "\n";
  }
  return "  missing   a statement in the " + words + " that allows " + asked + "\n";
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
  out += "\n  when      " + text_of(*parsed, "time");
  if (const auto id = text_of(*parsed, "requestId"); !id.empty()) out += ", request " + id;
  out += "\n";
  const bool trust = parsed->find_text("action").value_or("").starts_with("sts:") &&
                     parsed->find_text("resource").value_or("").find(":role/") != std::string::npos;
  out += decisive(*parsed, trace, trust);
  if (const auto& missing = list(trace, "missingContextKeys"); !missing.empty()) {
    out += "  not sent  " + joined(missing) + " (asked for by a condition)\n";
  }
  std::vector<Line> lines;
  for (const auto& layer : list(trace, "layers")) lines.push_back(layer_line(layer, trust));
  if (trace.find_text("reason") == "no_allow" && deciding_layer(trace) == nullptr) {
    const std::string_view name = trace.find_text("layer").value_or("");
    if (!name.empty()) lines.push_back({layer_words(name, trust) + ": there are none", {}});
  }
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
