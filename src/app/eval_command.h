// `rolecall eval FILE…`: policy vectors through the engine.
#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace rolecall::app {

// Arguments after "eval". Prints NAME<TAB>DECISION for every vector; with --check only those that
// differ from what they expect and a last line "N passed, N failed"; with --explain the whole
// reasoning as a tree, with --json as JSON, one object a line. Returns the exit status: 0 done,
// 1 something differs, 2 usage, 3 a file could not be read or is no vector file.
int run_eval(std::span<const std::string> args, std::ostream& out, std::ostream& err);

}  // namespace rolecall::app
