// The client's commands: words in, text out, an exit status (the AWS CLI v2's) back.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "client/environment.h"

namespace rolecall::client {

// What a command runs in. `in` is read by `configure` only.
struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  Environment environment;
  const Clock& clock;
  Random& random;
};

using Words = std::span<const std::string>;

int run_configure(Words words, Console& console);  // configure [set|get|list|…]
int run_creds(Words words, Console& console);      // creds [--format F]
int run_whoami(Words words, Console& console);     // whoami [--explain]
int run_exec(Words words, Console& console);       // exec [--server] -- COMMAND…
int run_cache(Words words, Console& console);      // cache list|clear
int run_keys(Words words, Console& console);       // keys [list|get|import|…]

// The report of a failure on `err` and its exit status.
int report(const Error& error, Console& console);

}  // namespace rolecall::client
