#include "services/ec2/filters.h"

#include <algorithm>

#include "base/encoding.h"
#include "services/ec2/errors.h"

namespace rolecall::ec2 {

bool matches_pattern(std::string_view pattern, std::string_view text) {
  // Greedy with one point to return to: the last star. Linear in practice, and never deep.
  std::size_t p = 0, t = 0, star = std::string_view::npos, star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_text = t;
      continue;
    }
    std::size_t next = p;
    bool fits = false;
    if (p < pattern.size()) {
      if (pattern[p] == '?') {
        fits = true;
        next = p + 1;
      } else if (pattern[p] == '\\' && p + 1 < pattern.size()) {
        fits = pattern[p + 1] == text[t];
        next = p + 2;
      } else {
        fits = pattern[p] == text[t];
        next = p + 1;
      }
    }
    if (fits) {
      p = next;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++star_text;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

Result<bool> passes(const std::optional<std::vector<Filter>>& filters, const FilterValues& values) {
  if (!filters) return true;
  bool all = true;
  for (const Filter& filter : *filters) {
    const std::string name = filter.name.value_or("");
    auto mine = values(name);
    // Said even when another filter has decided already: a wrong name must not pass unseen.
    if (!mine) return invalid_parameter_value("The filter '" + name + "' is invalid");
    if (!filter.values || filter.values->empty()) {
      return ApiError::make(400, "InvalidParameterValue", "The filter 'null' is invalid");
    }
    if (filter.values->size() > kFilterValuesMax) {
      return ApiError::make(
          400, "FilterLimitExceeded",
          "The maximum number of filter values specified on a single call is 200");
    }
    const bool one = std::any_of(mine->begin(), mine->end(), [&](const std::string& value) {
      return std::any_of(
          filter.values->begin(), filter.values->end(),
          [&](const std::string& pattern) { return matches_pattern(pattern, value); });
    });
    all = all && one;
  }
  return all;
}

std::optional<std::vector<std::string>> tag_filter(std::string_view name,
                                                   const identity::Tags& tags) {
  std::vector<std::string> out;
  if (name == "tag-key") {
    for (const auto& tag : tags) out.push_back(tag.key);
    return out;
  }
  if (name == "tag-value") {
    for (const auto& tag : tags) out.push_back(tag.value);
    return out;
  }
  if (!name.starts_with("tag:")) return std::nullopt;
  for (const auto& tag : tags) {
    if (tag.key == name.substr(4)) out.push_back(tag.value);
  }
  return out;
}

Result<PageRequest> read_page(const std::optional<std::int32_t>& max_results,
                              const std::optional<std::string>& next_token, bool given_ids,
                              std::int32_t min, std::int32_t max, std::string_view ids_name) {
  PageRequest out;
  if (max_results) {
    if (given_ids) {
      return ApiError::make(400, "InvalidParameterCombination",
                            "The parameter " + std::string(ids_name) +
                                " cannot be used with the parameter maxResults");
    }
    if (*max_results < min || (*max_results > max && min > 1)) {
      return invalid_parameter_value("Value ( " + std::to_string(*max_results) +
                                     " ) for parameter maxResults is invalid. Expecting a value " +
                                     (*max_results < min ? "greater than " + std::to_string(min)
                                                         : "less than " + std::to_string(max)) +
                                     ".");
    }
    out.max = static_cast<std::size_t>(std::min(*max_results, max));
  }
  if (next_token) {
    auto last = base64url_decode(*next_token);
    if (!last || last->empty()) {
      return ApiError::make(400, "InvalidNextToken", "The token '" + *next_token + "' is invalid");
    }
    out.after = *std::move(last);
  }
  return out;
}

std::string page_token(std::string_view last_id) { return base64url_encode(last_id); }

bool is_id(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return (text.size() == 8 || text.size() == 17) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::vector<Tag> wire_tags(const identity::Tags& tags) {
  std::vector<Tag> out;
  out.reserve(tags.size());
  for (const auto& tag : tags) out.push_back({tag.key, tag.value});
  return out;
}

}  // namespace rolecall::ec2
