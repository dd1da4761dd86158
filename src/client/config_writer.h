// Changing `config` and `credentials` without disturbing them: everything but the lines asked for
// stays byte for byte, and new lines stand where the AWS CLI puts them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace rolecall::client {

// `key = value`, or with `sub_key` a line of the map `key`.
struct Change {
  std::string key;
  std::string value;
  std::string sub_key = {};
};

// The new text. The section (its header's text, "profile prod") is appended if missing, even when
// there are no changes.
// Precondition: values hold no line feed (see check_change).
std::string apply_changes(std::string_view text, std::string_view section,
                          const std::vector<Change>& changes);

// Makes the file and its folder if missing (0600, 0700); atomic; waits for other writers.
// Refuses keys and values that would break the file.
Status change_config(const std::string& path, std::string_view section,
                     const std::vector<Change>& changes);

// "default", or "profile NAME" with NAME quoted where it has blanks.
std::string section_of_profile(std::string_view profile);

}  // namespace rolecall::client
