// rolecall-client: the client's commands alone, without the server. For images and laptops that
// only need credentials; `rolecall` has the same commands.
#include <cstdio>

#include "app/client_commands.h"

int main(int argc, char** argv) {
  const int status = rolecall::app::run_client_command(argc, argv);
  if (status >= 0) return status;
  std::fputs("rolecall-client COMMAND …\n\n", stderr);
  for (const auto& command : rolecall::app::client_commands()) {
    std::fprintf(stderr, "  %-12s %s\n", std::string(command.name).c_str(),
                 std::string(command.about).c_str());
  }
  return 252;
}
