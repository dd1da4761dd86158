#include <iostream>

#include "app/client_commands.h"
#include "client/commands.h"

namespace rolecall::app {
namespace {

constexpr ClientCommand kCommands[] = {
    {"configure", "profiles: configure [set|get|list|list-profiles|import|export-credentials]",
     client::run_configure},
    {"whoami", "account, ARN and expiry of a profile, and the chain that led there [--explain]",
     client::run_whoami},
    {"creds", "credentials of a profile [--format process|env|env-no-export|powershell|fish]",
     client::run_creds},
    {"exec", "run a program with a profile's credentials: exec [--server] -- COMMAND…",
     client::run_exec},
    {"cache", "the sessions kept on disk: cache [list|clear]", client::run_cache},
    {"profiles", "every profile with its account, role and source", client::run_profiles},
};

}  // namespace

int run_client(const ClientCommand& command, const std::vector<std::string>& words) {
  const SystemClock clock;
  const auto random = make_system_random();
  client::Console console{std::cin, std::cout, std::cerr, client::Environment::of_process(),
                          clock,    *random};
  const int status = command.run(words, console);
  std::cout.flush();
  return status;
}

std::span<const ClientCommand> client_commands() { return kCommands; }

int run_client_command(int argc, char** argv) {
  if (argc < 2) return -1;
  const std::string_view name = argv[1];
  for (const ClientCommand& command : kCommands) {
    if (command.name != name) continue;
    const std::vector<std::string> words(argv + 2, argv + argc);
    for (const auto& word : words) {
      if (word == "--") break;
      if (command.name != "configure" && (word == "--help" || word == "-h")) return -1;
    }
    return run_client(command, words);
  }
  return -1;
}

}  // namespace rolecall::app
