// rolecall-client: the client's commands alone, without the server. For images and laptops that
// only need credentials; `rolecall` has the same commands.
#include <iostream>

#include "app/client_commands.h"

namespace {

void list_commands(std::ostream& out) {
  out << "rolecall-client: the commands of `rolecall` that need no server\n\n"
         "Usage: rolecall-client COMMAND …\n\nCommands:\n";
  for (const auto& command : rolecall::app::client_commands()) {
    std::string line = "  " + std::string(command.name);
    line.resize(std::max<std::size_t>(line.size() + 2, 16), ' ');
    out << line << command.page->summary << '\n';
  }
  out << "\nrolecall-client COMMAND --help says more.\n";
}

}  // namespace

int main(int argc, char** argv) {
  const int status = rolecall::app::run_client_command(argc, argv);
  if (status >= 0) return status;
  const std::string_view word = argc > 1 ? argv[1] : "";
  const bool asked = word == "--help" || word == "-h" || (word == "help" && argc == 2);
  if (!asked && !word.empty()) {
    std::cerr << "rolecall-client: there is no command `" << argv[word == "help" ? 2 : 1]
              << "`\n\n";
  }
  list_commands(asked ? std::cout : std::cerr);
  return asked ? 0 : 252;
}
