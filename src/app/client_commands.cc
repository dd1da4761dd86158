#include "app/client_commands.h"

#include <CLI/CLI.hpp>

namespace rolecall::app {

void add_client(CLI::App& app, int& code) {
  for (const ClientCommand& command : client_commands()) {
    // They read their own arguments, in the AWS CLI's manner.
    CLI::App& added =
        *app.add_subcommand(std::string(command.name), std::string(command.page->summary))
             ->group("Client")
             ->prefix_command();
    added.set_help_flag();
    added.callback([&command, &added, &code] { code = run_client(command, added.remaining()); });
  }
}

}  // namespace rolecall::app
