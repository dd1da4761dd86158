// `profiles` and `use`: the list, the picker, and a shell with what was picked.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ostream>

#include "base/shown.h"
#include "client/arguments.h"
#include "client/failure.h"
#include "client/session.h"
#include "shell/commands.h"
#include "shell/profile_rows.h"
#include "shell/recent.h"
#include "shell/terminal.h"

namespace rolecall::shell {
namespace {

using client::Arguments;
using client::Console;
using client::OptionSpec;
using client::Session;
using client::Words;

constexpr int kExitLeft = 130;  // as a program that Ctrl-C ended

// The rows, what was used lately first; the files' order otherwise.
std::vector<ProfileRow> rows_by_use(const client::Profiles& profiles, const Console& console) {
  auto rows = profile_rows(profiles);
  const Recent recent = read_recent(console.environment);
  const Instant now = console.clock.now();
  std::stable_sort(rows.begin(), rows.end(), [&](const ProfileRow& a, const ProfileRow& b) {
    return recent.weight(a.name, now) > recent.weight(b.name, now);
  });
  return rows;
}

// nullopt: the person left.
Result<std::optional<std::string>> pick(const client::Profiles& profiles, const std::string& query,
                                        Console& console) {
  const auto rows = rows_by_use(profiles, console);
  if (rows.empty()) {
    return client::with_note(
        client::configuration_failure("There are no profiles."),
        "rolecall configure makes one in " + console.environment.config_path());
  }
  std::vector<Picker::Row> shown;
  for (const ProfileRow& row : rows) shown.push_back({fields_of(row)});
  Picker picker("profile", std::move(shown), query);
  RC_TRY(const auto taken, pick_on_terminal(picker));
  if (!taken) return std::optional<std::string>();
  const std::string& name = rows[*taken].name;
  // The order of the next list; not worth a complaint.
  [[maybe_unused]] const auto noted = note_use(console.environment, name, console.clock.now());
  return std::optional(name);
}

Result<int> profiles(Words words, Console& console) {
  constexpr OptionSpec kSpecs[] = {{"--plain", false}, {"--pick", false}};
  RC_TRY(const Arguments arguments, Arguments::parse(words, kSpecs));
  if (arguments.positional().size() > 1) {
    return client::usage_failure("Unknown options: " + arguments.positional()[1]);
  }
  Session session(arguments.options(), console.environment, console.clock, console.random);
  RC_TRY(const client::Profiles* files, session.profiles());
  const std::string query = arguments.positional().empty() ? "" : arguments.positional().front();
  const bool picks = arguments.has("--pick") ||
                     (!arguments.has("--plain") && output_is_screen(console.environment));
  if (!picks) {
    console.out << shown_on(STDOUT_FILENO, plain_list(*files, query), Lines::kept);
    return 0;
  }
  RC_TRY(const auto name, pick(*files, query, console));
  if (!name) return kExitLeft;
  console.out << *name << '\n';
  return 0;
}

// ---- use ----

// What would win over AWS_PROFILE, or says the same in other words.
constexpr const char* kRemoved[] = {
    "AWS_ACCESS_KEY_ID",  "AWS_SECRET_ACCESS_KEY",      "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION",  "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",       "AWS_WEB_IDENTITY_TOKEN_FILE"};

Result<std::optional<std::string>> wanted(const Arguments& arguments, Session& session,
                                          Console& console) {
  RC_TRY(const client::Profiles* files, session.profiles());
  if (arguments.positional().size() > 1) {
    return client::usage_failure("Unknown options: " + arguments.positional()[1]);
  }
  std::string name = arguments.options().profile.value_or("");
  if (!arguments.positional().empty()) name = arguments.positional().front();
  if (name.empty()) return pick(*files, "", console);
  if (files->find(name) == nullptr) {
    return client::configuration_failure("The config profile (" + name + ") could not be found");
  }
  [[maybe_unused]] const auto noted = note_use(console.environment, name, console.clock.now());
  return std::optional(name);
}

Result<int> use(Words words, Console& console) {
  RC_TRY(const Arguments arguments, Arguments::parse(words, {}));
  Session session(arguments.options(), console.environment, console.clock, console.random);
  RC_TRY(const auto name, wanted(arguments, session, console));
  if (!name) return kExitLeft;
  std::vector<std::string> command = arguments.command();
  if (command.empty())
    command.push_back(console.environment.get_filled("SHELL").value_or("/bin/sh"));
  for (const char* variable : kRemoved) ::unsetenv(variable);
  ::setenv("AWS_PROFILE", name->c_str(), 1);
  if (arguments.options().region) {
    ::setenv("AWS_REGION", arguments.options().region->c_str(), 1);
    ::setenv("AWS_DEFAULT_REGION", arguments.options().region->c_str(), 1);
  }
  console.out.flush();
  std::vector<char*> argv;
  for (auto& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  const int failed = errno;
  client::report(
      client::general_failure("cannot run `" + command[0] + "`: " + std::strerror(failed)),
      console);
  return failed == ENOENT ? 127 : 126;
}

int finish(const Result<int>& result, Console& console) {
  return result ? *result : client::report(result.error(), console);
}

}  // namespace

int run_profiles(Words words, Console& console) {
  return finish(profiles(words, console), console);
}
int run_use(Words words, Console& console) { return finish(use(words, console), console); }

}  // namespace rolecall::shell
