#include "services/iam/tag_rules.h"

#include "base/encoding.h"

namespace rolecall::iam {

Result<identity::Tags> checked_tags(const std::vector<Tag>& given) {
  return merged_tags({}, given);
}

Result<identity::Tags> merged_tags(identity::Tags tags, const std::vector<Tag>& given) {
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (starts_with_ignoring_case(given[i].key, "aws:")) {
      return ApiError::invalid_input(
          "aws: prefixed tag key names are not allowed for external use.");
    }
    for (std::size_t j = 0; j < i; ++j) {
      if (equal_ignoring_case(given[i].key, given[j].key)) {
        return ApiError::invalid_input(
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.");
      }
    }
  }
  for (const Tag& tag : given) {
    const auto same = std::find_if(tags.begin(), tags.end(), [&](const identity::Tag& t) {
      return equal_ignoring_case(t.key, tag.key);
    });
    if (same != tags.end()) {
      *same = {tag.key, tag.value};
    } else {
      tags.push_back({tag.key, tag.value});
    }
  }
  if (tags.size() > kTagsMax) {
    return ApiError::limit_exceeded("The number of tags has reached the maximum limit.");
  }
  return tags;
}

identity::Tags without_tags(identity::Tags tags, const std::vector<std::string>& keys) {
  std::erase_if(tags, [&](const identity::Tag& tag) { return contains(keys, tag.key); });
  return tags;
}

}  // namespace rolecall::iam
