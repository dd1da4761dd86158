// `--output json`: four blanks a level, everything outside ASCII as it is. Private to the room.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"

namespace rolecall::render {

// Ends with a line feed; an empty object is nothing.
void append_json(std::string& out, const json::Value& answer);

// One value on one line, for scalars in other formats.
void append_json_scalar(std::string& out, const json::Value& scalar);

}  // namespace rolecall::render
