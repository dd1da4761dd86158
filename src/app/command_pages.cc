#include "app/command_pages.h"

#include <algorithm>

#include "app/client_commands.h"
#include "calls/names.h"

namespace rolecall::app {
namespace {

constexpr std::size_t kNameColumns = 14;

void append_line(std::string& out, std::string_view name, std::string_view summary) {
  std::string line = "  " + std::string(name);
  line.resize(std::max(line.size() + 2, kNameColumns), ' ');
  out.append(line).append(summary).append("\n");
}

bool is_part(const client::HelpPage& page) { return page.name.find(' ') != page.name.npos; }

}  // namespace

void CommandPages::add(std::string_view title, const client::HelpPage* page) {
  auto found = std::find_if(groups.begin(), groups.end(),
                            [&](const CommandGroup& group) { return group.title == title; });
  if (found == groups.end()) found = groups.insert(found, {std::string(title), {}});
  found->pages.push_back(page);
}

void CommandPages::add(std::string_view title, std::unique_ptr<OwnedPage> page) {
  add(title, &page->page);
  owned.push_back(std::move(page));
}

std::vector<const client::HelpPage*> CommandPages::all() const {
  std::vector<const client::HelpPage*> out;
  for (const CommandGroup& group : groups) {
    out.insert(out.end(), group.pages.begin(), group.pages.end());
  }
  return out;
}

const client::HelpPage* CommandPages::find(std::string_view name) const {
  for (const client::HelpPage* page : all()) {
    if (page->name == name) return page;
  }
  return nullptr;
}

void add_client_pages(CommandPages& pages) {
  for (const ClientCommand& command : client_commands()) {
    if (command.page == nullptr) continue;
    pages.add("Client", command.page);
    for (const client::HelpPage* part : command.parts) pages.add("Client", part);
  }
}

std::unique_ptr<OwnedPage> overview(const CommandPages& pages) {
  auto out = std::make_unique<OwnedPage>();
  out->usage = {out->keep(pages.program + " COMMAND …"),
                out->keep(pages.program + " SERVICE OPERATION [--parameter value …]"),
                out->keep(pages.program + " help [--man] [COMMAND]")};
  std::string about;
  for (const CommandGroup& group : pages.groups) {
    about.append("# ").append(group.title).append("\n");
    for (const client::HelpPage* page : group.pages) {
      if (!is_part(*page)) append_line(about, page->name, page->summary);
    }
    about += '\n';
  }
  about.append("# Any operation of a service\n");
  for (const wire::Service* service : wire::all_services()) {
    append_line(about, calls::command_of(*service), service->title);
  }
  out->page.name = out->keep(pages.program);
  out->page.summary = "AWS accounts, roles and policies on one endpoint";
  out->page.usage = out->usage;
  out->page.about = out->keep(std::move(about));
  out->page.common = client::CommonOptions::hidden;
  return out;
}

}  // namespace rolecall::app
