// rolecall-client: the client's commands alone, without the server. For images and laptops that
// only need credentials; `rolecall` has the same commands.
#include <iostream>

#include "app/client_commands.h"
#include "app/help_command.h"

namespace rolecall::app {
namespace {

CommandPages client_pages() {
  CommandPages pages;
  pages.program = "rolecall-client";
  add_client_pages(pages);
  return pages;
}

}  // namespace
}  // namespace rolecall::app

int main(int argc, char** argv) {
  using namespace rolecall;
  const int status = app::run_client_command(argc, argv, app::client_pages);
  if (status >= 0) return status;
  const std::string_view word = argc > 1 ? argv[1] : "";
  const auto page = app::overview(app::client_pages());
  if (word == "--help" || word == "-h" || (word == "help" && argc == 2)) {
    std::cout << client::format_help(page->page);
    return 0;
  }
  if (word == "--version") {
    std::cout << "rolecall-client " ROLECALL_VERSION "\n";
    return 0;
  }
  if (!word.empty()) {
    std::cerr << "rolecall-client: there is no command `" << argv[word == "help" ? 2 : 1]
              << "`\n\n";
  }
  std::cerr << client::format_help(page->page);
  return 252;
}
