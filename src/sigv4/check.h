// `rolecall sigv4 --check FILE`: other people's signing vectors, stage by stage.
#pragma once

#include <string>

namespace rolecall::sigv4 {

// Reads a file of vectors (one JSON object a line, or an object with "vectors"), prints each
// failure with its stage and "N passed, N failed" last. Returns 0 when all passed, 1 when some
// failed, 2 when the file cannot be used.
int run_sigv4_check(const std::string& file);

}  // namespace rolecall::sigv4
