#include "app/help_command.h"

#include <iostream>

#include "base/files.h"
#include "client/failure.h"

namespace rolecall::app {
namespace {

constexpr int kUsage = 2, kUnwritable = 3;

int no_page(const CommandPages& pages, std::string_view name) {
  std::cerr << pages.program << ": there is no command `" << name << "`; " << pages.program
            << " --help lists them\n";
  return kUsage;
}

std::string file_name(const client::HelpPage& page, const CommandPages& pages) {
  std::string out =
      page.name == pages.program ? pages.program : "rolecall-" + std::string(page.name);
  for (char& c : out) {
    if (c == ' ') c = '-';
  }
  return out + ".1";
}

int write_manuals(const std::string& folder, const CommandPages& pages) {
  const auto top = overview(pages);
  auto all = pages.all();
  all.push_back(&top->page);
  auto done = make_folders(folder);
  for (const client::HelpPage* page : all) {
    if (!done) break;
    done = replace_file(folder + "/" + file_name(*page, pages), client::format_man(*page), 0644);
  }
  if (done) return 0;
  std::cerr << pages.program << ": " << client::failure_text(done.error()) << '\n';
  return kUnwritable;
}

}  // namespace

int run_help(std::span<const std::string> words, const CommandPages& pages) {
  bool manual = false;
  std::string name;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--man") {
      manual = true;
    } else if (words[i] == "--man-dir" && i + 2 == words.size()) {
      return write_manuals(words[i + 1], pages);
    } else if (words[i].starts_with("--man-dir=") && i + 1 == words.size()) {
      return write_manuals(words[i].substr(words[i].find('=') + 1), pages);
    } else if (words[i].starts_with('-') && words[i] != "--help" && words[i] != "-h") {
      std::cerr << pages.program << " help: " << words[i] << " is none of --man, --man-dir DIR\n";
      return kUsage;
    } else if (!words[i].starts_with('-')) {
      name.append(name.empty() ? "" : " ").append(words[i]);
    }
  }
  const auto top = overview(pages);
  const client::HelpPage* page =
      name.empty() || name == pages.program ? &top->page : pages.find(name);
  if (page == nullptr) return no_page(pages, name);
  std::cout << (manual ? client::format_man(*page) : client::format_help(*page)) << std::flush;
  return 0;
}

}  // namespace rolecall::app
