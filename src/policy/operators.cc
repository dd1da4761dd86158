#include "policy/operators.h"

#include <array>

#include "base/encoding.h"

namespace rolecall::policy {

using compiled::Op;
using compiled::Quantifier;

namespace {

struct Name {
  std::string_view text;
  Op op;
  bool negated;
};

constexpr std::array<Name, 27> kNames = {{
    {"StringEquals", Op::string_equals, false},
    {"StringNotEquals", Op::string_equals, true},
    {"StringEqualsIgnoreCase", Op::string_equals_ignore_case, false},
    {"StringNotEqualsIgnoreCase", Op::string_equals_ignore_case, true},
    {"StringLike", Op::string_like, false},
    {"StringNotLike", Op::string_like, true},
    {"NumericEquals", Op::numeric_equals, false},
    {"NumericNotEquals", Op::numeric_equals, true},
    {"NumericLessThan", Op::numeric_less, false},
    {"NumericLessThanEquals", Op::numeric_less_equals, false},
    {"NumericGreaterThan", Op::numeric_greater, false},
    {"NumericGreaterThanEquals", Op::numeric_greater_equals, false},
    {"DateEquals", Op::date_equals, false},
    {"DateNotEquals", Op::date_equals, true},
    {"DateLessThan", Op::date_less, false},
    {"DateLessThanEquals", Op::date_less_equals, false},
    {"DateGreaterThan", Op::date_greater, false},
    {"DateGreaterThanEquals", Op::date_greater_equals, false},
    {"Bool", Op::boolean, false},
    {"BinaryEquals", Op::binary_equals, false},
    {"IpAddress", Op::ip_address, false},
    {"NotIpAddress", Op::ip_address, true},
    {"ArnLike", Op::arn_like, false},
    {"ArnNotLike", Op::arn_like, true},
    {"ArnEquals", Op::arn_like, false},  // Rule 471: the same as ArnLike
    {"ArnNotEquals", Op::arn_like, true},
    {"Null", Op::null, false},
}};

}  // namespace

std::optional<Operator> parse_operator(std::string_view name) {
  Operator out;
  if (starts_with_ignoring_case(name, "ForAllValues:")) {
    out.quantifier = Quantifier::for_all_values;
    name.remove_prefix(13);
  } else if (starts_with_ignoring_case(name, "ForAnyValue:")) {
    out.quantifier = Quantifier::for_any_value;
    name.remove_prefix(12);
  }
  constexpr std::string_view kSuffix = "IfExists";
  if (name.size() > kSuffix.size() &&
      equal_ignoring_case(name.substr(name.size() - kSuffix.size()), kSuffix)) {
    out.if_exists = true;
    name.remove_suffix(kSuffix.size());
  }
  for (const Name& known : kNames) {
    if (!equal_ignoring_case(known.text, name)) continue;
    out.op = known.op;
    out.negated = known.negated;
    if (out.op == Op::null && out.if_exists) return std::nullopt;
    return out;
  }
  return std::nullopt;
}

std::string_view base_operator_name(Op op, bool negated) {
  for (const Name& known : kNames) {
    if (known.op == op && known.negated == negated) return known.text;
  }
  return "?";
}

std::string operator_name(const Operator& op) {
  std::string out;
  if (op.quantifier == Quantifier::for_all_values) out = "ForAllValues:";
  if (op.quantifier == Quantifier::for_any_value) out = "ForAnyValue:";
  out += base_operator_name(op.op, op.negated);
  if (op.if_exists) out += "IfExists";
  return out;
}

ValueType value_type(Op op) {
  switch (op) {
    case Op::null:
      return ValueType::null;
    case Op::boolean:
      return ValueType::boolean;
    case Op::ip_address:
      return ValueType::ip;
    case Op::numeric_equals:
    case Op::numeric_less:
    case Op::numeric_less_equals:
    case Op::numeric_greater:
    case Op::numeric_greater_equals:
      return ValueType::number;
    case Op::date_equals:
    case Op::date_less:
    case Op::date_less_equals:
    case Op::date_greater:
    case Op::date_greater_equals:
      return ValueType::date;
    case Op::binary_equals:
      return ValueType::binary;
    case Op::arn_like:
      return ValueType::arn;
    case Op::string_equals:
    case Op::string_equals_ignore_case:
    case Op::string_like:
    case Op::unknown:
      return ValueType::string;
  }
  return ValueType::string;
}

}  // namespace rolecall::policy
