// The client's commands on the command line: configure, whoami, creds, exec, cache, profiles.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/commands.h"
#include "client/help.h"

namespace CLI {
class App;
}

namespace rolecall::app {

struct ClientCommand {
  std::string_view name;
  const client::HelpPage* page;
  int (*run)(client::Words, client::Console&);
  // Pages of parts: "s3 cp". `rolecall s3 cp --help` and `rolecall help s3 cp` print them.
  std::span<const client::HelpPage* const> parts = {};
};
std::span<const ClientCommand> client_commands();

// The page that the words name, as far as they do: the part's, else the command's; nullptr when the
// first one is no client command.
const client::HelpPage* find_client_page(std::span<const std::string> words);

// With this process's terminal, environment, clock and randomness. Answers the exit status.
int run_client(const ClientCommand& command, const std::vector<std::string>& words);

// Runs a client command straight away, before any command line is built; -1 when argv names none.
// Other programs start these all the time (credential_process). Their `--help`, and `help COMMAND`,
// are answered here too.
int run_client_command(int argc, char** argv);

// Adds them to the program's commands. `code` receives the exit status and must outlive `app`.
void add_client(CLI::App& app, int& code);

}  // namespace rolecall::app
