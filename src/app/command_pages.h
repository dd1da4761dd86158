// Every command's help page in groups, as `help` lists them, writes manuals of them, and completion
// reads them.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "client/help.h"

namespace CLI {
class App;
}

namespace rolecall::app {

// A page whose texts are its own; not moved after it was made, the page points into it.
struct OwnedPage {
  OwnedPage() = default;
  OwnedPage(const OwnedPage&) = delete;
  OwnedPage& operator=(const OwnedPage&) = delete;

  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }

  std::deque<std::string> texts;
  std::vector<std::string_view> usage;
  std::vector<client::HelpOption> options;
  client::HelpPage page;
};

struct CommandGroup {
  std::string title;
  std::vector<const client::HelpPage*> pages;  // parts of a command behind the command
};

struct CommandPages {
  std::string program = "rolecall";
  std::vector<CommandGroup> groups;
  std::vector<std::unique_ptr<OwnedPage>> owned;

  void add(std::string_view title, const client::HelpPage* page);
  void add(std::string_view title, std::unique_ptr<OwnedPage> page);
  const client::HelpPage* find(std::string_view name) const;
  std::vector<const client::HelpPage*> all() const;
};

// The client's commands with their parts.
void add_client_pages(CommandPages& pages);
// A command of the command line as a page: its description is the summary, its footer the text.
std::unique_ptr<OwnedPage> page_of(const CLI::App& command);

// The page of the program itself: the commands in groups.
std::unique_ptr<OwnedPage> overview(const CommandPages& pages);

}  // namespace rolecall::app
