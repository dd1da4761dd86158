// What the linter knows about names: nearest ones, types of keys, which operator suits which type.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/operators.h"

namespace rolecall::policy {

// "did you mean `GetObject`", or "" when nothing is near. Compares without case.
std::string suggestion(std::string_view name, std::span<const std::string_view> known);

// The type of a global condition key ("aws:…", tags included); "" when there is none of that name.
std::string global_type(std::string_view key);
const std::vector<std::string_view>& global_names();
// The nearest global key; a tag's key keeps its name.
std::string global_suggestion(std::string_view key);
const std::vector<std::string_view>& operator_names();

// "s3:ExistingObjectTag/${TagKey}" against "s3:ExistingObjectTag/team".
bool key_matches(std::string_view catalogued, std::string_view key);
// Whether some resource could match both the catalogue's ARN shape (with `${Name}` placeholders)
// and a policy's pattern.
bool may_overlap(std::string_view shape, std::string_view pattern);
// The operator that compares the type as such; "" when the present one does.
std::string better_operator(const Operator& op, std::string_view type);

}  // namespace rolecall::policy
