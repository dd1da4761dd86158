#include "seed/reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "base/shown.h"

namespace rolecall::seed {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({changed, above + 1, row[j - 1] + 1});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

Fault Problems::fault() const {
  std::vector<Problem> sorted = list;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Problem& a, const Problem& b) {
    return std::pair(a.at.line, a.at.column) < std::pair(b.at.line, b.at.column);
  });
  std::string text;
  for (const auto& problem : sorted) {
    if (!text.empty()) text += "\n";
    // Messages repeat texts of the file, in which anything may stand.
    text += fmt::format("{}:{}:{}: {}", file, problem.at.line, problem.at.column,
                        shown(problem.message));
  }
  return rolecall::fault(std::move(text));
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 2) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t d = distance(word, candidate);
    if (d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

MapReader::MapReader(const Node& node, std::string_view what, Problems& problems)
    : node_(node), what_(what), problems_(problems) {
  if (!node.is_map()) problems.add(node.at, fmt::format("{} must be a map", what));
}

MapReader::~MapReader() {
  for (const auto& member : node_.members) {
    if (std::find(known_.begin(), known_.end(), member.name) != known_.end()) continue;
    std::string message = fmt::format("{} has no key `{}`", what_, member.name);
    if (const auto near = nearest(member.name, known_); !near.empty()) {
      message += fmt::format("; did you mean `{}`?", near);
    }
    problems_.add(member.at, std::move(message));
  }
}

const Node* MapReader::get(std::string_view key) {
  known_.push_back(key);
  const Node* value = node_.find(key);
  return value != nullptr && !value->is_null() ? value : nullptr;
}

const Node* MapReader::need(std::string_view key) {
  const Node* value = get(key);
  if (value == nullptr && node_.is_map()) {
    problems_.add(node_.at, fmt::format("{} needs `{}`", what_, key));
  }
  return value;
}

std::string MapReader::checked(std::string_view key, const Node& value, Check check,
                               std::string_view form) {
  if (!value.is_text()) {
    problems_.add(value.at, fmt::format("`{}` must be a text", key));
    return {};
  }
  if (check != nullptr && !check(value.text)) {
    problems_.add(value.at, fmt::format("`{}`: `{}` is not {}", key, value.text, form));
    return {};
  }
  return value.text;
}

std::string MapReader::text(std::string_view key, Check check, std::string_view form) {
  const Node* value = get(key);
  return value == nullptr ? std::string() : checked(key, *value, check, form);
}

std::string MapReader::need_text(std::string_view key, Check check, std::string_view form) {
  const Node* value = need(key);
  return value == nullptr ? std::string() : checked(key, *value, check, form);
}

std::optional<std::int64_t> MapReader::number(std::string_view key, std::int64_t min,
                                              std::int64_t max) {
  const Node* value = get(key);
  if (value == nullptr) return std::nullopt;
  std::int64_t number = 0;
  const char* const end = value->text.data() + value->text.size();
  const auto [stop, error] = std::from_chars(value->text.data(), end, number);
  if (!value->is_text() || error != std::errc() || stop != end || number < min || number > max) {
    problems_.add(value->at, fmt::format("`{}` must be a number from {} to {}", key, min, max));
    return std::nullopt;
  }
  return number;
}

std::vector<std::pair<std::string, Place>> MapReader::texts(std::string_view key) {
  std::vector<std::pair<std::string, Place>> out;
  const Node* value = get(key);
  if (value == nullptr) return out;
  if (value->is_text()) {
    out.emplace_back(value->text, value->at);
    return out;
  }
  if (!value->is_list()) {
    problems_.add(value->at, fmt::format("`{}` must be a list of texts", key));
    return out;
  }
  for (const auto& item : value->items) {
    if (item.is_text()) {
      out.emplace_back(item.text, item.at);
    } else {
      problems_.add(item.at, fmt::format("`{}` must be a list of texts", key));
    }
  }
  return out;
}

identity::Tags MapReader::tags() {
  identity::Tags out;
  const Node* value = get("tags");
  if (value == nullptr) return out;
  if (!value->is_map()) {
    problems_.add(value->at, "`tags` must be a map of texts");
    return out;
  }
  for (const auto& member : value->members) {
    const bool taken = std::any_of(out.begin(), out.end(), [&](const auto& tag) {
      return equal_ignoring_case(tag.key, member.name);
    });
    if (taken || member.name.empty() || member.name.size() > 128 ||
        starts_with_ignoring_case(member.name, "aws:")) {
      problems_.add(member.at, fmt::format("`{}` cannot be a tag's key here", member.name));
    } else if (!member.value.is_text() || member.value.text.size() > 256) {
      problems_.add(member.value.at,
                    fmt::format("tag `{}` needs a text for its value", member.name));
    } else {
      out.push_back({member.name, member.value.text});
    }
  }
  return out;
}

void MapReader::each(std::string_view key, const std::function<void(const Node& item)>& read) {
  const Node* value = get(key);
  if (value == nullptr) return;
  if (!value->is_list()) {
    problems_.add(value->at, fmt::format("`{}` must be a list", key));
    return;
  }
  for (const auto& item : value->items) read(item);
}

}  // namespace rolecall::seed
