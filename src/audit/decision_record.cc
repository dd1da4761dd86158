#include "audit/decision_record.h"

#include "base/json.h"

namespace rolecall::audit {
namespace {

bool is_leaf(const json::Value& value) { return !value.is_array() && !value.is_object(); }

// A terminal must not act on what a caller put into a name.
std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return out;
}

std::string leaf_text(const json::Value& value) {
  return value.is_null() ? "none" : printable(value.text());
}

bool all_leaves(const json::Value& array) {
  for (const auto& item : array.items()) {
    if (!is_leaf(item)) return false;
  }
  return true;
}

// What names an item of a list: the first of these it has.
std::string label_of(const json::Value& item, std::size_t index) {
  for (const std::string_view name : {"layer", "name", "sid", "key", "arn", "id"}) {
    if (const auto text = item.find_text(name); text && !text->empty()) return printable(*text);
  }
  return "#" + std::to_string(index + 1);
}

void render(const json::Value& value, const std::string& indent, std::string& out);

void branch(std::string_view label, const json::Value& value, bool last, const std::string& indent,
            std::string& out) {
  out.append(indent).append(last ? "└─ " : "├─ ").append(label);
  if (is_leaf(value)) {
    out.append(": ").append(leaf_text(value)).append("\n");
  } else if (value.is_array() && all_leaves(value)) {
    out.append(": ");
    for (std::size_t i = 0; i < value.items().size(); ++i) {
      out.append(i == 0 ? "" : ", ").append(leaf_text(value.items()[i]));
    }
    out.append(value.items().empty() ? "none\n" : "\n");
  } else {
    out.append("\n");
    render(value, indent + (last ? "   " : "│  "), out);
  }
}

void render(const json::Value& value, const std::string& indent, std::string& out) {
  for (std::size_t i = 0; i < value.members().size(); ++i) {
    const auto& member = value.members()[i];
    branch(printable(member.name), member.value, i + 1 == value.members().size(), indent, out);
  }
  for (std::size_t i = 0; i < value.items().size(); ++i) {
    branch(label_of(value.items()[i], i), value.items()[i], i + 1 == value.items().size(), indent,
           out);
  }
}

}  // namespace

Result<std::string> render_decision(std::string_view record) {
  const auto parsed = json::parse(record, {.depth_max = 64});
  if (!parsed || !parsed->is_object() || parsed->find("id") == nullptr) {
    return fault("not a decision record");
  }
  std::string out = "decision " + printable(parsed->find_text("id").value_or("")) + "\n";
  out += "  " + printable(parsed->find_text("principal").value_or("")) + "\n  asked for " +
         printable(parsed->find_text("action").value_or("")) + "\n  on " +
         printable(parsed->find_text("resource").value_or("")) + "\n  at " +
         printable(parsed->find_text("time").value_or("")) + ", request " +
         printable(parsed->find_text("requestId").value_or("")) + "\n";
  for (const std::string_view name : {"trace", "context"}) {
    if (const json::Value* part = parsed->find(name); part != nullptr && !is_leaf(*part)) {
      out.append(name).append("\n");
      render(*part, "", out);
    }
  }
  return out;
}

}  // namespace rolecall::audit
