// The condition operators of Rule 401 and their decorations.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/compiled.h"

namespace rolecall::policy {

struct Operator {
  compiled::Op op = compiled::Op::unknown;
  bool negated = false;
  bool if_exists = false;
  compiled::Quantifier quantifier = compiled::Quantifier::none;
};

// "ForAnyValue:StringNotLikeIfExists"; without regard to case (Rule 30). nullopt for anything that
// Rule 29 refuses, NullIfExists included.
std::optional<Operator> parse_operator(std::string_view name);
// AWS's spelling, decorations included.
std::string operator_name(const Operator& op);
// The bare names, for suggestions.
std::string_view base_operator_name(compiled::Op op, bool negated);

enum class ValueType : std::uint8_t { string, number, date, boolean, binary, ip, arn, null };
ValueType value_type(compiled::Op op);

}  // namespace rolecall::policy
