// `--output text`: lines of cells between tabs, for grep, cut and awk. Private to the room.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace rolecall::render {

Status append_text(std::string& out, const json::Value& answer);

// The members of an object in the order of their names; views into it.
std::vector<const json::Member*> sorted_members(const json::Value& object);

inline bool is_scalar(const json::Value& value) { return !value.is_array() && !value.is_object(); }

}  // namespace rolecall::render
