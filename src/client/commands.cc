#include "client/commands.h"

#include <ostream>

#include "client/arguments.h"
#include "client/cache.h"
#include "client/chain.h"
#include "client/failure.h"
#include "client/formats.h"
#include "client/recursion.h"

namespace rolecall::client {
namespace {

Result<int> creds(Words words, Console& console) {
  constexpr OptionSpec kSpecs[] = {{"--format"}};
  RC_TRY(const Arguments arguments, Arguments::parse(words, kSpecs));
  const std::string name = arguments.value("--format").value_or("process");
  const auto format = parse_format(name);
  if (!format) {
    return usage_failure("argument --format: `" + name +
                         "` is none of process, env, env-no-export, powershell, windows-cmd, fish");
  }
  if (!arguments.positional().empty()) {
    return usage_failure("Unknown options: " + arguments.positional().front());
  }
  Session session(arguments.options(), console.environment, console.clock, console.random);
  RC_CHECK(enter_profile(session.profile(), console.environment));
  RC_TRY(const Found found, find_credentials(session));
  RC_TRY(const std::string text, format_credentials(found.credentials, *format));
  console.out << text;
  return 0;
}

Result<int> cache(Words words, Console& console) {
  RC_TRY(const Arguments arguments, Arguments::parse(words, {}));
  if (arguments.positional().size() > 1) {
    return usage_failure("Unknown options: " + arguments.positional()[1]);
  }
  const SessionCache sessions(console.environment);
  const std::string what = arguments.positional().empty() ? "list" : arguments.positional().front();
  if (what == "clear") {
    RC_TRY(const std::size_t removed, sessions.clear());
    console.out << "removed " << removed << (removed == 1 ? " session\n" : " sessions\n");
    return 0;
  }
  if (what != "list") return usage_failure("cache: `" + what + "` is neither list nor clear");
  const std::int64_t now = console.clock.now().seconds();
  for (const auto& [key, session] : sessions.list()) {
    std::string kind = "?", profile, what_it_is = session.arn, endpoint;
    for (const auto& [name, value] : session.about) {
      if (name == "Kind") kind = value;
      if (name == "Profile") profile = value;
      if (name == "Endpoint") endpoint = value;
      if (what_it_is.empty() && (name == "Serial" || name == "Role")) what_it_is = value;
    }
    const std::int64_t left = session.credentials.expires.value_or(Instant{}).seconds() - now;
    console.out << key.substr(0, 12) << '\t' << kind << '\t' << profile << '\t' << what_it_is
                << '\t' << endpoint << '\t'
                << (left <= 0 ? std::string("expired") : duration_words(left) + " left") << '\n';
  }
  return 0;
}

int finish(const Result<int>& result, Console& console) {
  return result ? *result : report(result.error(), console);
}

}  // namespace

int report(const Error& error, Console& console) {
  console.out.flush();
  // A blank line first, as the AWS CLI has it.
  console.err << '\n' << failure_report(error);
  return exit_status(error);
}

int run_creds(Words words, Console& console) { return finish(creds(words, console), console); }
int run_cache(Words words, Console& console) { return finish(cache(words, console), console); }

}  // namespace rolecall::client
