// Filters, paging and ids, as every Describe operation has them ("List and filter your resources").
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "identity/entities.h"
#include "models/ec2.h"

namespace rolecall::ec2 {

inline constexpr std::size_t kFilterValuesMax = 200;  // "Filtering", per call

// The values a record has under a filter's name; nullopt: there is no such filter.
using FilterValues = std::function<std::optional<std::vector<std::string>>(std::string_view name)>;

// '*' any run, '?' one character, '\' the next one literally. Case counts.
bool matches_pattern(std::string_view pattern, std::string_view text);
// Every filter must have one value that matches one of the record's. An unknown filter is an error.
Result<bool> passes(const std::optional<std::vector<Filter>>& filters, const FilterValues& values);
// "tag:KEY", "tag-key" and "tag-value", for the end of a FilterValues.
std::optional<std::vector<std::string>> tag_filter(std::string_view name,
                                                   const identity::Tags& tags);

// Where a page begins and how long it may be.
struct PageRequest {
  std::string after;  // the last id of the page before
  std::size_t max = SIZE_MAX;
};
// `given_ids`: ids were named, with which pages do not go together. `min` and `max` are the
// operation's bounds of MaxResults.
Result<PageRequest> read_page(const std::optional<std::int32_t>& max_results,
                              const std::optional<std::string>& next_token, bool given_ids,
                              std::int32_t min, std::int32_t max, std::string_view ids_name);
std::string page_token(std::string_view last_id);

// "i-" and 8 or 17 hex digits.
bool is_id(std::string_view text, std::string_view prefix);

std::vector<Tag> wire_tags(const identity::Tags& tags);

}  // namespace rolecall::ec2
