// The client's commands on the command line: configure, whoami, creds, exec, cache, profiles.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/commands.h"

namespace CLI {
class App;
}

namespace rolecall::app {

struct ClientCommand {
  std::string_view name, about;
  int (*run)(client::Words, client::Console&);
};
std::span<const ClientCommand> client_commands();

// With this process's terminal, environment, clock and randomness. Answers the exit status.
int run_client(const ClientCommand& command, const std::vector<std::string>& words);

// Runs a client command straight away, before any command line is built; -1 when argv names none
// (or asks for help). Other programs start these all the time (credential_process).
int run_client_command(int argc, char** argv);

// Adds them to the program's commands. `code` receives the exit status and must outlive `app`.
void add_client(CLI::App& app, int& code);

}  // namespace rolecall::app
