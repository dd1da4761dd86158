// The names that begin with a path, for completion of file://.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/environment.h"

namespace rolecall::shell {

inline constexpr std::size_t kFolderEntriesMax = 2000;  // more than anybody reads

// "doc/a" → "doc/answer.json", "doc/all/": as typed, `~` and all. Hidden files only when asked for.
std::vector<std::string> list_folder(std::string_view typed,
                                     const client::Environment& environment);

}  // namespace rolecall::shell
