// How an answer becomes sections: an object is a row under its names, a list of objects rows under
// the names of all of them, and whatever is no scalar a section of the next level below its row.
#include "render/table.h"

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "base/python_text.h"
#include "render/section.h"
#include "render/text.h"

namespace rolecall::render {

namespace {

// Python's idea of nothing: no section is made of it.
bool is_nothing(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::null:
      return true;
    case json::Kind::boolean:
      return !value.as_bool();
    case json::Kind::number:
      return value.as_double() == 0.0;
    case json::Kind::string:
      return value.text().empty();
    case json::Kind::array:
      return value.items().empty();
    case json::Kind::object:
      return value.members().empty();
  }
  return true;
}

Error python_error(std::string code, std::string message) {
  return ApiError::make(400, std::move(code), std::move(message));
}

// Names of the members that are scalars, and of those that are not, in order; one may be both.
struct Names {
  std::set<std::string_view> scalars, others;
};

// What Python says when it takes something for an object that is none.
Error no_object(const json::Value& value) {
  const std::string type(python_type(value));
  if (value.is_string() && !value.text().empty()) {
    return python_error("TypeError", "string indices must be integers, not 'str'");
  }
  if (value.is_array() && !value.items().empty()) {
    return python_error("TypeError", "list indices must be integers or slices, not " +
                                         std::string(python_type(value.items()[0])));
  }
  return python_error("TypeError", "'" + type + "' object is not iterable");
}

class Builder {
 public:
  // Without a title what follows belongs to the section before.
  Status build(const std::string* title, const json::Value& value, std::size_t level) {
    if (is_nothing(value)) return {};
    if (title != nullptr) sections_.emplace_back(*title, level);
    if (value.is_object()) return object(value, level);
    if (!value.is_array()) return {};
    if (value.items()[0].is_object()) return objects(value, level, title);
    for (const json::Value& item : value.items()) {
      if (is_scalar(item)) {
        RC_CHECK(row({python_str(item)}));
        continue;
      }
      std::vector<std::string> cells;
      if (item.is_object()) {  // Python walks over the names
        for (const json::Member& member : item.members()) cells.push_back(member.name);
      } else if (std::all_of(item.items().begin(), item.items().end(), is_scalar)) {
        for (const json::Value& cell : item.items()) cells.push_back(python_str(cell));
      } else {
        RC_CHECK(build(nullptr, item, 0));
        continue;
      }
      RC_CHECK(row(std::move(cells)));
    }
    return {};
  }

  std::vector<Section>& sections() { return sections_; }

 private:
  Status row(std::vector<std::string> cells) { return sections_.back().add_row(std::move(cells)); }

  Status object(const json::Value& object, std::size_t level) {
    const auto members = sorted_members(object);
    std::vector<std::string> names, cells;
    for (const json::Member* member : members) {
      if (!is_scalar(member->value)) continue;
      names.push_back(member->name);
      cells.push_back(python_str(member->value));
    }
    if (names.size() == 1) {
      RC_CHECK(row({names[0], cells[0]}));
    } else if (!names.empty()) {
      RC_CHECK(sections_.back().set_headers(std::move(names)));
      RC_CHECK(row(std::move(cells)));
    }
    for (const json::Member* member : members) {
      if (!is_scalar(member->value)) RC_CHECK(build(&member->name, member->value, level + 1));
    }
    return {};
  }

  Status objects(const json::Value& list, std::size_t level, const std::string* title) {
    Names names;
    for (const json::Value& item : list.items()) {
      const bool is_empty = is_nothing(item) && (item.is_string() || item.is_array());
      if (!item.is_object() && !is_empty) return no_object(item);
      for (const json::Member& member : item.members()) {
        (is_scalar(member.value) ? names.scalars : names.others).insert(member.name);
      }
    }
    const std::vector<std::string> headers(names.scalars.begin(), names.scalars.end());
    RC_CHECK(sections_.back().set_headers(headers));
    bool is_first = true;
    for (const json::Value& item : list.items()) {
      if (!is_first && !names.others.empty()) {
        sections_.emplace_back(title != nullptr ? *title : std::string(), level);
        RC_CHECK(sections_.back().set_headers(headers));
      }
      is_first = false;
      std::vector<std::string> cells;
      if (!item.is_object() && !headers.empty()) {
        return python_error("AttributeError", "'" + std::string(python_type(item)) +
                                                  "' object has no attribute 'get'");
      }
      for (const std::string_view name : names.scalars) {
        const json::Value* cell = item.find(name);
        cells.push_back(cell != nullptr ? python_str(*cell) : std::string());
      }
      RC_CHECK(row(std::move(cells)));
      for (const std::string_view name : names.others) {
        const json::Value* value = item.find(name);
        if (value == nullptr) continue;
        const std::string below(name);
        RC_CHECK(build(&below, *value, level + 1));
      }
    }
    return {};
  }

  std::vector<Section> sections_;
};

// The AWS CLI resets the terminal's colours after every piece it writes.
class Writer {
 public:
  Writer(std::string& out, bool colour) : out_(out), colour_(colour) {}

  void line(std::string_view text, std::size_t level) {
    if (!colour_) {
      text.remove_suffix(1);
      out_.append(level, '|').append(text).append(level, '|').push_back('\n');
      return;
    }
    bars(level);
    piece(text.substr(0, text.size() - 1));
    bars(level);
    piece("\n");
  }
  void piece(std::string_view text) {
    out_.append(text);
    if (colour_) out_.append("\033[0m");
  }

 private:
  void bars(std::size_t level) {
    for (std::size_t i = 0; i < level; ++i) out_.append("\033[2m\033[33m|\033[0m");
    out_.append("\033[0m");
  }

  std::string& out_;
  bool colour_;
};

struct Range {
  char32_t first, last;
};

// Unicode 14's East_Asian_Width W, F and A, made by tools/make_render_vectors.py.
constexpr Range kWide[] = {
#include "render/wide_characters.inc"
};

bool is_wide(char32_t c) {
  if (c < kWide[0].first) return false;
  const Range* after = std::upper_bound(std::begin(kWide), std::end(kWide), c,
                                        [](char32_t a, const Range& b) { return a < b.first; });
  return after != std::begin(kWide) && c <= (after - 1)->last;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t out = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = next_utf8(text, at);
    if (!c) ++at;
    out += c && is_wide(*c) ? 2U : 1U;
  }
  return out;
}

Status append_table(std::string& out, const json::Value& answer, const Options& options) {
  Builder builder;
  RC_CHECK(builder.build(&options.title, answer, 0));
  std::vector<Section>& sections = builder.sections();
  if (sections.empty()) return {};
  const auto widest = [&sections] {
    std::size_t width = 0;
    for (const Section& section : sections) width = std::max(width, section.width());
    return width;
  };
  std::size_t width = widest();
  if (width > options.width) {
    for (Section& section : sections) section.stand_up();
    width = widest();
  }
  Writer writer(out, options.colour);
  writer.piece(std::string(width, '-') + '\n');
  for (const Section& section : sections) {
    for (const std::string& line : section.lines(width, options.colour)) {
      writer.line(line, section.level());
    }
  }
  return {};
}

}  // namespace rolecall::render
