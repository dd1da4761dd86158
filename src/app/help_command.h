// `help`: a page on the terminal, as a manual page, or all of them into a folder.
#pragma once

#include <span>
#include <string>

#include "app/command_pages.h"

namespace rolecall::app {

// Words after `help`: nothing, COMMAND…, --man [COMMAND…], or --man-dir DIR. Answers the exit
// status: 0, 2 for what there is not, 3 when a file cannot be written.
int run_help(std::span<const std::string> words, const CommandPages& pages);

}  // namespace rolecall::app
