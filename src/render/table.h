// `--output table`: boxes for people. Private to the room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "render/format.h"

namespace rolecall::render {

Status append_table(std::string& out, const json::Value& answer, const Options& options);

// Columns on a terminal: two for East Asian wide, full-width and ambiguous characters.
std::size_t display_width(std::string_view text);

}  // namespace rolecall::render
