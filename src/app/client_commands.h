// The client's commands on the command line: one table, read by everything that lists them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/command_pages.h"
#include "client/commands.h"
#include "client/help.h"

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

// The pages of every command there is. Made only when they are wanted.
using MorePages = CommandPages (*)();

// Runs a client command straight away, before any command line is built; -1 when argv names none.
// Other programs start these all the time (credential_process). Their `--help`, `help COMMAND`,
// `help --man` and the completion protocol are answered here too.
int run_client_command(int argc, char** argv, MorePages more);

}  // namespace rolecall::app
