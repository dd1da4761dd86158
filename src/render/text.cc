// A line holds the scalars of one object in the order of their names, after the upper-cased name of
// the list or object it stands in; what is no scalar follows on lines of its own. All objects of a
// list have the same columns.
#include "render/text.h"

#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "base/python_text.h"

namespace rolecall::render {

namespace {

// The names of a map's entries are anybody's text. One character at a time, so `ß` stays as it is.
std::string upper(std::string_view name) {
  if (std::all_of(name.begin(), name.end(), [](char c) { return (c & 0x80) == 0; })) {
    return ascii_upper(name);
  }
  const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  std::string out;
  for (std::size_t at = 0; at < name.size();) {
    const auto c = next_utf8(name, at);
    if (!c) ++at;
    const auto wide = static_cast<wint_t>(c.value_or(0xFFFD));
    append_utf8(out, static_cast<char32_t>(unicode != nullptr ? towupper_l(wide, unicode) : wide));
  }
  if (unicode != nullptr) freelocale(unicode);
  return out;
}

// Where a value stands: the name before its line, and the columns its list agreed on.
struct Place {
  const std::string* name = nullptr;
  const std::vector<std::string_view>* columns = nullptr;
};

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  Status value(const json::Value& value, Place place) {
    if (value.is_object()) return object(value, place);
    if (value.is_array()) return list(value, place.name);
    out_.append(python_str(value)).push_back('\n');
    return {};
  }

 private:
  void cell(std::string_view text) {
    if (!at_line_start_) out_.push_back('\t');
    at_line_start_ = false;
    out_.append(text);
  }
  void end_line() {
    out_.push_back('\n');
    at_line_start_ = true;
  }

  Status list(const json::Value& list, const std::string* name) {
    const std::vector<json::Value>& items = list.items();
    if (items.empty()) return {};
    const auto is_object = [](const json::Value& item) { return item.is_object(); };
    if (std::any_of(items.begin(), items.end(), is_object)) {
      std::set<std::string_view> names;
      for (const json::Value& item : items) {
        if (!item.is_object()) {
          return ApiError::make(
              400, "AttributeError",
              "'" + std::string(python_type(item)) + "' object has no attribute 'items'");
        }
        for (const json::Member& member : item.members()) {
          if (is_scalar(member.value)) names.insert(member.name);
        }
      }
      const std::vector<std::string_view> columns(names.begin(), names.end());
      for (const json::Value& item : items) RC_CHECK(object(item, {name, &columns}));
      return {};
    }
    scalars(items, name);
    for (const json::Value& item : items) {
      if (item.is_array()) RC_CHECK(this->list(item, name));
    }
    return {};
  }

  // Without a name they share a line.
  void scalars(const std::vector<json::Value>& items, const std::string* name) {
    bool any = false;
    for (const json::Value& item : items) {
      if (!is_scalar(item)) continue;
      any = true;
      if (name != nullptr) cell(upper(*name));
      cell(python_str(item));
      if (name != nullptr) end_line();
    }
    if (any && name == nullptr) end_line();
  }

  Status object(const json::Value& object, Place place) {
    const auto members = sorted_members(object);
    std::vector<const json::Member*> rest;
    bool any = false;
    const auto scalar = [&](std::string_view text) {
      if (!any && place.name != nullptr) cell(upper(*place.name));
      any = true;
      cell(text);
    };
    if (place.columns == nullptr) {
      for (const json::Member* member : members) {
        if (is_scalar(member->value)) {
          scalar(python_str(member->value));
        } else {
          rest.push_back(member);
        }
      }
    } else {
      // A list where another object has a scalar is printed in the cell, as Python's repr.
      auto next = members.begin();
      for (const std::string_view column : *place.columns) {
        for (; next != members.end() && (*next)->name < column; ++next) rest.push_back(*next);
        const bool has = next != members.end() && (*next)->name == column;
        scalar(has ? python_str((*next)->value) : std::string());
        if (has) ++next;
      }
      rest.insert(rest.end(), next, members.end());
    }
    if (any) end_line();
    for (const json::Member* member : rest)
      RC_CHECK(value(member->value, {&member->name, nullptr}));
    return {};
  }

  std::string& out_;
  bool at_line_start_ = true;
};

}  // namespace

std::vector<const json::Member*> sorted_members(const json::Value& object) {
  std::vector<const json::Member*> out;
  out.reserve(object.members().size());
  for (const json::Member& member : object.members()) out.push_back(&member);
  std::stable_sort(out.begin(), out.end(),
                   [](const auto* a, const auto* b) { return a->name < b->name; });
  return out;
}

Status append_text(std::string& out, const json::Value& answer) {
  return Writer(out).value(answer, {});
}

}  // namespace rolecall::render
