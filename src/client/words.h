// A command line or section name split into words as a POSIX shell does, without a shell:
// blanks separate, quotes and backslashes group; nothing is expanded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rolecall::client {

// nullopt: a quotation or an escape is not finished.
std::optional<std::vector<std::string>> split_words(std::string_view text);
// `text` as one word of a POSIX shell.
std::string shell_quote(std::string_view text);

}  // namespace rolecall::client
