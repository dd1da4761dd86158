// Conditions and policy variables (sections 9 and 10 of the rules).
#include <array>
#include <cstring>

#include "base/encoding.h"
#include "base/ids.h"
#include "policy/statement.h"
#include "policy/values.h"

namespace rolecall::policy {

using compiled::Condition;
using compiled::Header;
using compiled::KeyName;
using compiled::Op;
using compiled::Pattern;
using compiled::Quantifier;
using compiled::Shape;
using compiled::Statement;
using compiled::Value;

namespace {

Context::Values find(const Header& document, const KeyName& key, const Context& context) {
  if (key.known != compiled::kNamedKey) return context.find(static_cast<Key>(key.known));
  return context.find_folded(document.pool(key.text, key.size), key.hash);
}

// A template with its variables replaced; on the stack unless it is unusually long.
class Expansion {
 public:
  // False when a variable has no value and no default (Rule 505), has several (Rule 507), or its
  // value holds bytes that would read as wildcard codes.
  bool expand(const Header& document, std::string_view coded, const Context& context) {
    for (std::size_t i = 0; i < coded.size();) {
      if (coded[i] != compiled::kVariable) {
        const std::size_t end = std::min(coded.find(compiled::kVariable, i), coded.size());
        append(coded.substr(i, end - i));
        i = end;
        continue;
      }
      const auto low = static_cast<unsigned char>(coded[i + 1]);
      const auto high = static_cast<unsigned char>(coded[i + 2]);
      const auto& variable = document.data(document.variables)[low | high << 8];
      i += 3;
      const auto values = find(document, variable.key, context);
      if (values.single()) {
        if (!is_plain(values.front())) return false;
        append(values.front());
      } else if (values.empty() && variable.has_fallback != 0) {
        append(document.pool(variable.fallback, variable.fallback_size));  // Rule 509
      } else {
        return false;
      }
    }
    return true;
  }
  std::string_view text() const {
    return spill_.empty() ? std::string_view(fixed_.data(), size_) : std::string_view(spill_);
  }

 private:
  static bool is_plain(std::string_view text) {
    for (const char c : text) {
      if (static_cast<unsigned char>(c) >= compiled::kFirstCode) return false;
    }
    return true;
  }
  void append(std::string_view text) {
    if (spill_.empty() && size_ + text.size() <= fixed_.size()) {
      std::memcpy(fixed_.data() + size_, text.data(), text.size());
      size_ += text.size();
      return;
    }
    if (spill_.empty()) spill_.assign(fixed_.data(), size_);
    spill_ += text;
  }
  std::array<char, 1024> fixed_;
  std::size_t size_ = 0;
  std::string spill_;
};

bool match_template(const Header& document, const Pattern& pattern, const Context& context,
                    std::string_view text) {
  Expansion expansion;
  if (!expansion.expand(document, document.pool(pattern), context)) return false;
  return match_coded(expansion.text(), text);
}

// Where the field that `pattern` begins with ends; a variable's code is no colon.
std::size_t field_end(std::string_view pattern) {
  std::size_t end = 0;
  while (end < pattern.size() && pattern[end] != ':') {
    end += pattern[end] == compiled::kVariable ? 3u : 1u;
  }
  return std::min(end, pattern.size());
}

using ArnFields = std::array<std::string_view, 6>;

bool match_arn_fields(const Header& document, std::string_view pattern, const Context& context,
                      const ArnFields& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::size_t end = pattern.size();
    if (i < 5) {
      end = field_end(pattern);
      if (end == pattern.size()) return false;  // fewer than six fields
    }
    const std::string_view segment = pattern.substr(0, end);
    if (segment.find(compiled::kVariable) != segment.npos) {
      Expansion expansion;
      if (!expansion.expand(document, segment, context)) return false;
      if (!match_coded(expansion.text(), fields[i])) return false;
    } else if (!match_coded(segment, fields[i])) {
      return false;
    }
    if (i < 5) pattern.remove_prefix(end + 1);
  }
  return true;
}

std::size_t count_fields(std::string_view pattern) {
  std::size_t count = 1;
  while (true) {
    const std::size_t end = field_end(pattern);
    if (end == pattern.size()) return count;
    pattern.remove_prefix(end + 1);
    ++count;
  }
}

// Rule 471: segment by segment, the sixth being the rest. A variable may be the whole ARN, or
// several fields of it, only where the pattern has too few without it: elsewhere its value stays in
// the field it stands in.
bool match_arn(const Header& document, const Pattern& pattern, const Context& context,
               std::string_view text) {
  const auto arn = ArnView::parse(text);
  if (!arn) return false;  // Rule 473
  if (pattern.shape == Shape::any) return true;
  const ArnFields fields = {"arn",       arn->partition, arn->service,
                            arn->region, arn->account,   arn->resource};
  const std::string_view coded = document.pool(pattern);
  if (pattern.shape != Shape::template_ || count_fields(coded) >= fields.size()) {
    return match_arn_fields(document, coded, context, fields);
  }
  Expansion expansion;
  return expansion.expand(document, coded, context) &&
         match_arn_fields(document, expansion.text(), context, fields);
}

template <class T, class F>
bool any_typed(const Header& document, const Value* values, std::size_t count, F&& f) {
  for (std::size_t i = 0; i < count; ++i) {
    if (values[i].pattern.shape == Shape::exact && f(document.typed<T>(values[i].typed))) {
      return true;
    }
  }
  return false;
}

template <class T>
bool any_ordered(const Header& document, const Condition& condition, Op equals, const T& request) {
  const Value* values = document.data(document.values) + condition.values;
  const std::size_t count = condition.value_count;
  switch (static_cast<int>(condition.op) - static_cast<int>(equals)) {
    case 0:
      return any_typed<T>(document, values, count, [&](const T& v) { return request == v; });
    case 1:
      return any_typed<T>(document, values, count, [&](const T& v) { return request < v; });
    case 2:
      return any_typed<T>(document, values, count, [&](const T& v) { return request <= v; });
    case 3:
      return any_typed<T>(document, values, count, [&](const T& v) { return request > v; });
    default:
      return any_typed<T>(document, values, count, [&](const T& v) { return request >= v; });
  }
}

// Does any of the policy's values match this one value of the request? The operator taken without
// its negation.
bool matches_any(const Header& document, const Condition& condition, const Context& context,
                 std::string_view text) {
  const Value* values = document.data(document.values) + condition.values;
  const std::size_t count = condition.value_count;
  switch (condition.op) {
    case Op::string_equals:
    case Op::string_like:
      for (std::size_t i = 0; i < count; ++i) {
        const Pattern& pattern = values[i].pattern;
        if (pattern.shape == Shape::template_ ? match_template(document, pattern, context, text)
                                              : match_shaped(pattern, document.pool(pattern), text))
          return true;
      }
      return false;
    case Op::string_equals_ignore_case:
      for (std::size_t i = 0; i < count; ++i) {
        const Pattern& pattern = values[i].pattern;
        if (pattern.shape == Shape::template_) {
          Expansion expansion;
          if (expansion.expand(document, document.pool(pattern), context) &&
              equal_ignoring_case(expansion.text(), text)) {
            return true;
          }
        } else if (equal_ignoring_case(document.pool(pattern), text)) {
          return true;
        }
      }
      return false;
    case Op::boolean: {
      const auto request = parse_bool(text);
      if (!request) return false;
      for (std::size_t i = 0; i < count; ++i) {
        const Pattern& pattern = values[i].pattern;
        if (pattern.shape == Shape::template_) {
          Expansion expansion;
          if (expansion.expand(document, document.pool(pattern), context) &&
              parse_bool(expansion.text()) == request) {
            return true;
          }
        } else if (pattern.shape == Shape::exact && (values[i].typed != 0) == *request) {
          return true;
        }
      }
      return false;
    }
    case Op::binary_equals:
      // Strict Base64 has one text for given bytes, so equal bytes are equal texts (Rule 453).
      for (std::size_t i = 0; i < count; ++i) {
        if (values[i].pattern.shape == Shape::exact && document.pool(values[i].pattern) == text) {
          return true;
        }
      }
      return false;
    case Op::arn_like:
      for (std::size_t i = 0; i < count; ++i) {
        if (match_arn(document, values[i].pattern, context, text)) return true;
      }
      return false;
    case Op::ip_address: {
      const auto address = parse_ip(text);
      return address && any_typed<compiled::IpRange>(
                            document, values, count,
                            [&](const auto& range) { return contains(range, *address); });
    }
    case Op::numeric_equals:
    case Op::numeric_less:
    case Op::numeric_less_equals:
    case Op::numeric_greater:
    case Op::numeric_greater_equals: {
      const auto number = parse_number(text);
      return number && any_ordered<long double>(document, condition, Op::numeric_equals, *number);
    }
    case Op::date_equals:
    case Op::date_less:
    case Op::date_less_equals:
    case Op::date_greater:
    case Op::date_greater_equals: {
      const auto date = parse_date(text);
      return date && any_ordered<std::int64_t>(document, condition, Op::date_equals, date->micros);
    }
    case Op::null:
    case Op::unknown:
      return false;
  }
  return false;
}

bool match_null(const Header& document, const Condition& condition, bool absent) {
  const Value* values = document.data(document.values) + condition.values;
  for (std::size_t i = 0; i < condition.value_count; ++i) {  // Rules 455, 457
    if (values[i].pattern.shape == Shape::exact && (values[i].typed != 0) == absent) return true;
  }
  return false;
}

}  // namespace

bool match_condition(const Header& document, const Condition& condition, const Statement& statement,
                     const Context& context) {
  // Fails closed: what an unknown operator means must neither grant nor lift a denial.
  if (condition.op == Op::unknown) return statement.deny();
  const auto values = find(document, condition.key, context);
  const bool absent = values.empty();  // a key without values counts as absent (Rule 456)
  if (condition.op == Op::null) return match_null(document, condition, absent);
  const bool negated = condition.negated();
  const auto passes = [&](std::string_view value) {
    return matches_any(document, condition, context, value) != negated;
  };
  switch (condition.quantifier()) {
    case Quantifier::for_all_values:  // Rules 481, 482, 485
      for (const std::string_view value : values) {
        if (!passes(value)) return false;
      }
      return true;
    case Quantifier::for_any_value:  // Rules 483, 484, 486, 487
      if (absent) return condition.if_exists();
      for (const std::string_view value : values) {
        if (passes(value)) return true;
      }
      return false;
    case Quantifier::none:
      break;
  }
  if (absent) return negated || condition.if_exists();  // Rules 410 to 412
  if (values.single()) return passes(values.front());
  if (!negated) return false;  // Rule 488
  for (const std::string_view value : values) {
    if (!passes(value)) return false;
  }
  return true;
}

bool match_resource_list(const Header& document, const Statement& statement,
                         const Subject& subject) {
  const bool negated = statement.has(Statement::kNotResource);
  const std::string_view text = subject.request.resource;
  const Pattern* patterns = document.data(document.resources) + statement.resources;
  for (std::size_t i = 0; i < statement.resource_count; ++i) {
    const Pattern& pattern = patterns[i];
    if (pattern.shape == Shape::template_ ? match_template(document, pattern, subject.context, text)
                                          : match_shaped(pattern, document.pool(pattern), text)) {
      return !negated;
    }
  }
  return negated;
}

}  // namespace rolecall::policy
