// What to write instead: advice for the slips that lint finds most often.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "policy/catalogue.h"

namespace rolecall::policy {

// The typographic character or other stranger that `c` is, and what is meant instead.
std::string describe_foreign(std::optional<char32_t> c);
// The first curly quote, long dash or invisible character of the text; nullopt when it has none.
std::optional<char32_t> find_typographic(std::string_view text);

// For a principal that AWS refuses: the likely spelling, or what is wrong with this one; "" when
// nothing is recognised.
std::string principal_advice(std::string_view text);

// For an action that does not exist; `folded` without the service.
std::string action_advice(const CatalogueService& service, std::string_view folded);

// An action of the service that has the key, as "s3:ListBucket"; "" when there is none.
std::string action_with_key(const CatalogueService& service, std::string_view key);

// Of the resource types that the action knows the one that `resource` looks most like.
std::string_view nearest_shape(const CatalogueService& service, const CatalogueAction& action,
                               std::string_view resource);

}  // namespace rolecall::policy
