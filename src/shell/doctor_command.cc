// `doctor`: what is wrong, where, and what to do about it.
#include <ostream>

#include "client/arguments.h"
#include "client/failure.h"
#include "shell/commands.h"
#include "shell/doctor.h"

namespace rolecall::shell {
namespace {

constexpr int kExitSick = 1;

Result<int> doctor(client::Words words, client::Console& console) {
  constexpr client::OptionSpec kSpecs[] = {{"--format"}, {"--offline", false}};
  RC_TRY(const client::Arguments arguments, client::Arguments::parse(words, kSpecs));
  const std::string format =
      arguments.value("--format").value_or(arguments.value("--output").value_or("text"));
  if (format != "text" && format != "json") {
    return client::usage_failure("argument --format: `" + format + "` is neither text nor json");
  }
  if (!arguments.positional().empty()) {
    return client::usage_failure("Unknown options: " + arguments.positional().front());
  }
  client::Session session(arguments.options(), console.environment, console.clock, console.random);
  const auto findings =
      examine(session, arguments.has("--offline") ? Network::offline : Network::used);
  // Nothing found, nothing said: a script may run this all day.
  console.out << (format == "json" ? findings_json(findings) : findings_text(findings));
  // Errors stand first.
  return !findings.empty() && findings.front().severity == Severity::error ? kExitSick : 0;
}

}  // namespace

int run_doctor(client::Words words, client::Console& console) {
  const auto result = doctor(words, console);
  return result ? *result : client::report(result.error(), console);
}

}  // namespace rolecall::shell
