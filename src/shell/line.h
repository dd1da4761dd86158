// A command line that is still being typed, split into words.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rolecall::shell {

// As a POSIX shell would, but an open quotation or escape is no error: the word goes on. The last
// word is the one being typed, "" after a blank. Only what follows the last `;`, `|` or `&` counts.
std::vector<std::string> split_line(std::string_view line);

}  // namespace rolecall::shell
