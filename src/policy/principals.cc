#include "policy/principals.h"

#include <algorithm>

#include "base/json.h"

namespace rolecall::policy {
namespace {

using json::Value;

template <class F>
void for_each_statement(const Value& document, F&& f) {
  const Value* statements = document.find("Statement");
  if (statements == nullptr) return;
  if (statements->is_object()) f(*statements);
  for (const Value& statement : statements->items()) f(statement);
}

template <class F>
void for_each_text(const Value& value, F&& f) {
  if (value.is_string()) f(value);
  for (const Value& item : value.items()) {
    if (item.is_string()) f(item);
  }
}

// Where a position of the tree lies in the text.
class Offsets {
 public:
  explicit Offsets(std::string_view text) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }
  std::size_t of(json::Position at) const { return starts_[at.line - 1] + at.column - 1; }

 private:
  std::vector<std::size_t> starts_;
};

// Just past the string that begins at `at` with its quote.
std::size_t string_end(std::string_view text, std::size_t at) {
  for (++at; text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

}  // namespace

std::string rewrite_principals(
    std::string_view text,
    const std::function<std::optional<std::string>(std::string_view principal)>& replace) {
  const auto document = json::parse(text);
  if (!document || !document->is_object()) return std::string(text);
  const Offsets offsets(text);
  struct Edit {
    std::size_t at;
    std::string replacement;
  };
  std::vector<Edit> edits;
  for_each_statement(*document, [&](const Value& statement) {
    for (const char* element : {"Principal", "NotPrincipal"}) {
      const Value* principal = statement.find(element);
      const Value* aws = principal == nullptr ? nullptr : principal->find("AWS");
      if (aws == nullptr) continue;
      for_each_text(*aws, [&](const Value& entry) {
        auto replacement = replace(entry.text());
        if (replacement) edits.push_back({offsets.of(entry.position()), std::move(*replacement)});
      });
    }
  });
  // Statements come in the order of the text, but Principal and NotPrincipal may not.
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.at < b.at; });
  std::string out;
  std::size_t done = 0;
  for (const Edit& edit : edits) {
    out.append(text.substr(done, edit.at - done));
    json::append_quoted(out, edit.replacement);
    done = string_end(text, edit.at);
  }
  out.append(text.substr(done));
  return out;
}

std::vector<NamedPrincipal> list_principals(std::string_view text) {
  std::vector<NamedPrincipal> out;
  const auto document = json::parse(text);
  if (!document) return out;
  for_each_statement(*document, [&](const Value& statement) {
    for (const bool negated : {false, true}) {
      const Value* principal = statement.find(negated ? "NotPrincipal" : "Principal");
      if (principal == nullptr) continue;
      if (principal->is_string()) out.push_back({"AWS", principal->text(), negated});
      for (const auto& member : principal->members()) {
        for_each_text(member.value, [&](const Value& entry) {
          out.push_back({member.name, entry.text(), negated});
        });
      }
    }
  });
  return out;
}

std::vector<std::string> list_actions(std::string_view text) {
  std::vector<std::string> out;
  const auto document = json::parse(text);
  if (!document) return out;
  for_each_statement(*document, [&](const Value& statement) {
    for (const char* element : {"Action", "NotAction"}) {
      const Value* actions = statement.find(element);
      if (actions == nullptr) continue;
      for_each_text(*actions, [&](const Value& entry) { out.push_back(entry.text()); });
    }
  });
  return out;
}

}  // namespace rolecall::policy
