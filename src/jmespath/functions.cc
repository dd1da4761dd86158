#include "jmespath/functions.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>

#include "base/encoding.h"
#include "base/python_text.h"
#include "jmespath/failure.h"
#include "jmespath/number.h"

namespace rolecall::jmespath {

namespace {

using Arguments = std::span<const Item>;

enum class Type : std::uint8_t {
  number,
  string,
  array,
  object,
  expref,
  array_number,
  array_string
};

std::string_view name_of(Type type) {
  static constexpr std::string_view kNames[] = {"number", "string",       "array",       "object",
                                                "expref", "array-number", "array-string"};
  return kNames[static_cast<std::size_t>(type)];
}

struct Function {
  std::string_view name;
  Result<Item> (*call)(Search&, Arguments);
  std::vector<std::vector<Type>> parameters;  // no types: anything goes
  bool is_variadic = false;
};

// The specification's type of a value.
std::string_view type_of(const Item& item) {
  if (item.is_reference()) return "expref";
  static constexpr std::string_view kNames[] = {"null",   "boolean", "number",
                                                "string", "array",   "object"};
  return kNames[static_cast<std::size_t>(item.kind())];
}

bool is_one(const Item& item, Type type) {
  switch (type) {
    case Type::number:
      return item.is_number();
    case Type::string:
      return item.is_string();
    case Type::array:
    case Type::array_number:
    case Type::array_string:
      return item.is_array();
    case Type::object:
      return item.is_object();
    case Type::expref:
      return item.is_reference();
  }
  return false;
}

Error type_error(Search& search, std::string_view function, const Item& value,
                 std::string_view received, std::span<const Type> wanted) {
  std::string message = "In function ";
  message.append(function).append("(), invalid type for value: ");
  if (value.is_reference()) {
    message.append("<jmespath.visitor._Expression object>");
  } else if (auto tree = search.to_value(value)) {
    message.append(python_str(*tree));
  } else {
    return std::move(tree).error();
  }
  message.append(", expected one of: [");
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    message.append(i == 0 ? "'" : ", '").append(name_of(wanted[i])).append("'");
  }
  message.append("], received: \"").append(received).append("\"");
  return failure("JMESPathTypeError", std::move(message), search.position());
}

// Lists that must hold one kind: all numbers or all strings, as the first says.
Status check_elements(Search& search, std::string_view function, const Item& list,
                      std::span<const Type> wanted) {
  std::optional<Type> kind;
  for (const Type type : wanted) {
    if (type != Type::array_number && type != Type::array_string) continue;
    const Type element = type == Type::array_number ? Type::number : Type::string;
    if (!kind && (wanted.size() == 1 || (list.size() > 0 && is_one(list.at(0), element)))) {
      kind = element;
    }
  }
  const bool is_typed = wanted[0] == Type::array_number || wanted[0] == Type::array_string;
  for (std::size_t i = 0; is_typed && i < list.size(); ++i) {
    const Item element = list.at(i);
    if (!kind || !is_one(element, *kind)) {
      return type_error(search, function, element, python_type_of(element), wanted);
    }
  }
  return {};
}

std::string counted(std::size_t count, std::string_view received) {
  std::string out = std::to_string(count);
  return out.append(count == 1 ? " argument" : " arguments").append(received);
}

Status check_arguments(Search& search, const Function& function, Arguments arguments) {
  const std::size_t wanted = function.parameters.size();
  if (function.is_variadic ? arguments.size() < wanted : arguments.size() != wanted) {
    const std::string tail = " for function " + std::string(function.name) + "(), received " +
                             std::to_string(arguments.size());
    if (function.is_variadic) {
      return failure("VariadictArityError", "Expected at least " + counted(wanted, tail),
                     search.position());
    }
    return failure("ArityError", "Expected " + counted(wanted, tail), search.position());
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::vector<Type>& types = function.parameters[std::min(i, wanted - 1)];
    if (types.empty()) continue;
    const Item& argument = arguments[i];
    if (std::none_of(types.begin(), types.end(), [&](Type t) { return is_one(argument, t); })) {
      return type_error(search, function.name, argument, type_of(argument), types);
    }
    if (argument.is_array()) RC_CHECK(check_elements(search, function.name, argument, types));
  }
  return {};
}

Result<Item> absolute_value(Search&, Arguments a) { return Item::number(absolute(a[0].text())); }
Result<Item> ceil(Search&, Arguments a) { return Item::number(rounded(a[0].text(), Rounding::up)); }
Result<Item> floor(Search&, Arguments a) {
  return Item::number(rounded(a[0].text(), Rounding::down));
}

// The texts of a list of scalars; valid as long as the list.
std::vector<std::string_view> texts(const Item& list) {
  std::vector<std::string_view> out;
  out.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) out.push_back(list.at(i).text());
  return out;
}

Result<Item> average(Search& search, Arguments a) {
  if (a[0].size() == 0) return Item();
  RC_CHECK(search.will_make(a[0].size()));
  return Item::number(mean(texts(a[0])));
}

Result<Item> total(Search& search, Arguments a) {
  RC_CHECK(search.will_make(a[0].size()));
  return Item::number(sum(texts(a[0])));
}

Result<Item> contains(Search& search, Arguments a) {
  if (a[0].is_string()) {
    if (!a[1].is_string()) {
      return failure(
          "TypeError",
          "'in <string>' requires string as left operand, not " + std::string(python_type_of(a[1])),
          search.position());
    }
    return Item::boolean(a[0].text().find(a[1].text()) != std::string::npos);
  }
  for (std::size_t i = 0; i < a[0].size(); ++i) {
    RC_TRY(const bool same, search.equal(a[0].at(i), a[1]));
    if (same) return Item::boolean(true);
  }
  return Item::boolean(false);
}

Result<Item> ends_with(Search&, Arguments a) {
  return Item::boolean(a[0].text().ends_with(a[1].text()));
}
Result<Item> starts_with(Search&, Arguments a) {
  return Item::boolean(a[0].text().starts_with(a[1].text()));
}

Result<Item> join(Search& search, Arguments a) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < a[1].size(); ++i) {
    bytes += a[1].at(i).text().size() + a[0].text().size();
  }
  RC_CHECK(search.will_make_text(bytes));
  std::string out;
  out.reserve(bytes);
  for (std::size_t i = 0; i < a[1].size(); ++i) {
    if (i > 0) out.append(a[0].text());
    out.append(a[1].at(i).text());
  }
  return Item::string(std::move(out));
}

Result<Item> keys(Search& search, Arguments a) {
  Item::List out;
  for (std::size_t i = 0; i < a[0].size(); ++i) {
    RC_CHECK(search.will_make_text(a[0].name(i).size()));
    out.push_back(Item::string(std::string(a[0].name(i))));
  }
  return Item::list(std::move(out));
}

Result<Item> values(Search& search, Arguments a) {
  RC_CHECK(search.will_make(a[0].size()));
  Item::List out;
  for (std::size_t i = 0; i < a[0].size(); ++i) out.push_back(a[0].at(i));
  return Item::list(std::move(out));
}

Result<Item> length(Search&, Arguments a) {
  std::size_t out = 0;
  if (a[0].is_string()) {
    for (const char c : a[0].text()) out += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  } else {
    out = a[0].size();
  }
  return Item::number(std::to_string(out));
}

Result<Item> map(Search& search, Arguments a) {
  RC_CHECK(search.will_make(a[1].size()));
  Item::List out;
  for (std::size_t i = 0; i < a[1].size(); ++i) {
    RC_TRY(Item result, search.evaluate(a[0].expression(), a[1].at(i)));
    out.push_back(std::move(result));
  }
  return Item::list(std::move(out));
}

Result<Item> merge(Search& search, Arguments a) {
  Item::Map out;
  std::unordered_map<std::string_view, std::size_t> places;
  for (const Item& object : a) {
    RC_CHECK(search.will_make(object.size()));
    for (std::size_t i = 0; i < object.size(); ++i) {
      const auto [place, is_new] = places.emplace(object.name(i), out.size());
      if (is_new)
        out.push_back({object.name(i), object.at(i)});
      else
        out[place->second].value = object.at(i);
    }
  }
  return Item::map(std::move(out));
}

std::strong_ordering order(const Item& a, const Item& b) {
  return a.is_number() ? compare_numbers(a.text(), b.text()) : a.text().compare(b.text()) <=> 0;
}

enum class End : std::uint8_t { smallest, largest };

// The first of equals, as Python's min() and max().
template <End end>
Result<Item> extreme(Search&, Arguments a) {
  Item best;
  for (std::size_t i = 0; i < a[0].size(); ++i) {
    const Item element = a[0].at(i);
    if (i == 0 || (end == End::smallest ? order(element, best) < 0 : order(element, best) > 0)) {
      best = element;
    }
  }
  return best;
}

template <End end>
Result<Item> extreme_by(Search& search, Arguments a) {
  static constexpr Type kWanted[] = {Type::number, Type::string};
  Item best, best_key;
  for (std::size_t i = 0; i < a[0].size(); ++i) {
    const Item element = a[0].at(i);
    RC_TRY(Item key, search.evaluate(a[1].expression(), element));
    if (!key.is_number() && !key.is_string()) {
      return type_error(search, end == End::smallest ? "min_by" : "max_by", key, type_of(key),
                        kWanted);
    }
    if (i > 0) {
      if (key.kind() != best_key.kind()) {
        return unordered(end == End::smallest ? "<" : ">", key, best_key, search.position());
      }
      const auto compared = order(key, best_key);
      if (end == End::smallest ? compared >= 0 : compared <= 0) continue;
    }
    best = element;
    best_key = std::move(key);
  }
  return best;
}

Result<Item> not_null(Search&, Arguments a) {
  for (const Item& argument : a) {
    if (!argument.is_null()) return argument;
  }
  return Item();
}

Result<Item> reverse(Search& search, Arguments a) {
  if (a[0].is_string()) {
    const std::string& text = a[0].text();
    RC_CHECK(search.will_make_text(text.size()));
    std::string out;
    out.reserve(text.size());
    for (std::size_t end = text.size(); end > 0;) {
      std::size_t begin = end - 1;
      while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) --begin;
      out.append(text, begin, end - begin);
      end = begin;
    }
    return Item::string(std::move(out));
  }
  RC_CHECK(search.will_make(a[0].size()));
  Item::List out;
  for (std::size_t i = a[0].size(); i > 0; --i) out.push_back(a[0].at(i - 1));
  return Item::list(std::move(out));
}

Result<Item> sort(Search& search, Arguments a) {
  RC_CHECK(search.will_make(a[0].size()));
  Item::List out;
  for (std::size_t i = 0; i < a[0].size(); ++i) out.push_back(a[0].at(i));
  std::stable_sort(out.begin(), out.end(),
                   [](const Item& x, const Item& y) { return order(x, y) < 0; });
  return Item::list(std::move(out));
}

Result<Item> sort_by(Search& search, Arguments a) {
  if (a[0].size() == 0) return a[0];
  RC_CHECK(search.will_make(2 * a[0].size()));
  std::vector<std::pair<Item, Item>> keyed;
  for (std::size_t i = 0; i < a[0].size(); ++i) {
    const Item element = a[0].at(i);
    RC_TRY(Item key, search.evaluate(a[1].expression(), element));
    if (i == 0 && !key.is_number() && !key.is_string()) {
      static constexpr Type kWanted[] = {Type::string, Type::number};
      return type_error(search, "sort_by", element, type_of(key), kWanted);
    }
    if (i > 0 && key.kind() != keyed[0].first.kind()) {
      const Type wanted = keyed[0].first.is_number() ? Type::number : Type::string;
      return type_error(search, "sort_by", key, type_of(key), {&wanted, 1});
    }
    keyed.emplace_back(std::move(key), element);
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& x, const auto& y) { return order(x.first, y.first) < 0; });
  Item::List out;
  for (auto& [key, element] : keyed) out.push_back(std::move(element));
  return Item::list(std::move(out));
}

Result<Item> to_array(Search& search, Arguments a) {
  if (a[0].is_array()) return a[0];
  RC_CHECK(search.will_make(1));
  return Item::list({a[0]});
}

Result<Item> to_number(Search& search, Arguments a) {
  if (a[0].is_number()) return a[0];
  if (!a[0].is_string()) return Item();
  RC_CHECK(search.will_make_text(a[0].text().size()));
  auto number = number_of_text(a[0].text());
  return number ? Item::number(std::move(*number)) : Item();
}

Result<Item> to_string(Search& search, Arguments a) {
  if (a[0].is_string()) return a[0];
  RC_TRY(const json::Value tree, search.to_value(a[0]));
  return Item::string(python_compact_json(tree));
}

Result<Item> type(Search&, Arguments a) {
  if (a[0].is_reference()) return Item();  // Python knows no name for it
  return Item::string(std::string(type_of(a[0])));
}

const std::vector<Function>& functions() {
  using enum Type;
  static const std::vector<Function> table = {
      {"abs", absolute_value, {{number}}},
      {"avg", average, {{array_number}}},
      {"ceil", ceil, {{number}}},
      {"contains", contains, {{array, string}, {}}},
      {"ends_with", ends_with, {{string}, {string}}},
      {"floor", floor, {{number}}},
      {"join", join, {{string}, {array_string}}},
      {"keys", keys, {{object}}},
      {"length", length, {{string, array, object}}},
      {"map", map, {{expref}, {array}}},
      {"max", extreme<End::largest>, {{array_number, array_string}}},
      {"max_by", extreme_by<End::largest>, {{array}, {expref}}},
      {"merge", merge, {{object}}, true},
      {"min", extreme<End::smallest>, {{array_number, array_string}}},
      {"min_by", extreme_by<End::smallest>, {{array}, {expref}}},
      {"not_null", not_null, {{}}, true},
      {"reverse", reverse, {{array, string}}},
      {"sort", sort, {{array_string, array_number}}},
      {"sort_by", sort_by, {{array}, {expref}}},
      {"starts_with", starts_with, {{string}, {string}}},
      {"sum", total, {{array_number}}},
      {"to_array", to_array, {{}}},
      {"to_number", to_number, {{}}},
      {"to_string", to_string, {{}}},
      {"type", type, {{}}},
      {"values", values, {{object}}},
  };
  return table;
}

}  // namespace

std::int32_t find_function(std::string_view name) {
  for (std::size_t i = 0; i < functions().size(); ++i) {
    if (functions()[i].name == name) return static_cast<std::int32_t>(i);
  }
  return -1;
}

Result<Item> call_function(Search& search, std::size_t function, Arguments arguments) {
  const Function& called = functions()[function];
  RC_CHECK(check_arguments(search, called, arguments));
  return called.call(search, arguments);
}

Error unordered(std::string_view sign, const Item& left, const Item& right, std::size_t position) {
  std::string message = "'";
  message.append(sign).append("' not supported between instances of '");
  message.append(python_type_of(left)).append("' and '").append(python_type_of(right)).append("'");
  return failure("TypeError", std::move(message), position);
}

}  // namespace rolecall::jmespath
