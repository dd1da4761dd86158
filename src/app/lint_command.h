// `rolecall lint FILE…`: what is wrong with policy documents, as a compiler would say it.
#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace rolecall::app {

// Arguments after "lint": files, --kind KIND, --format text|json|sarif, --check (the files are
// validation vectors: prints those that differ and "N passed, N failed"). Without --kind the kind
// is guessed from the document. Returns 0 fine (warnings allowed), 1 errors or differences, 2
// usage, 3 a file could not be read.
int run_lint(std::span<const std::string> args, std::ostream& out, std::ostream& err);

}  // namespace rolecall::app
