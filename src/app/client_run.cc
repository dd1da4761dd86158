#include <iostream>

#include "app/client_commands.h"
#include "app/help_command.h"
#include "calls/run.h"
#include "client/commands.h"
#include "client/pages.h"
#include "client/private_memory.h"
#include "shell/commands.h"
#include "shell/complete.h"
#include "shell/pages.h"
#include "transfer/commands.h"

namespace rolecall::app {
namespace {

constexpr ClientCommand kCommands[] = {
    {"whoami", &client::kWhoamiPage, client::run_whoami},
    {"profiles", &shell::kProfilesPage, shell::run_profiles},
    {"use", &shell::kUsePage, shell::run_use},
    {"exec", &client::kExecPage, client::run_exec},
    {"creds", &client::kCredsPage, client::run_creds},
    {"configure", &client::kConfigurePage, client::run_configure},
    {"cache", &client::kCachePage, client::run_cache},
    {"keys", &client::kKeysPage, client::run_keys},
    {"doctor", &shell::kDoctorPage, shell::run_doctor},
    {"prompt", &shell::kPromptPage, shell::run_prompt},
    {"completion", &shell::kCompletionPage, shell::run_completion},
    {"s3", &transfer::kS3Page, transfer::run_s3, transfer::kS3Pages},
};

const ClientCommand* find_command(std::string_view name) {
  for (const ClientCommand& command : kCommands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

// Before `--`: what follows belongs to somebody else's command.
bool asks_for_help(std::span<const std::string> words) {
  for (const auto& word : words) {
    if (word == "--") return false;
    if (word == "--help" || word == "-h") return true;
  }
  return false;
}

// `configure help`, `s3 cp help`: where the AWS CLI has the command too, people's fingers know it.
bool asks_as_aws_does(std::span<const std::string> words) {
  if (words.back() != "help" || (words.front() != "configure" && words.front() != "s3"))
    return false;
  return words.size() == 2 || (words.size() == 3 && words.front() == "s3");
}

template <class Function>
int with_console(Function run) {
  const SystemClock clock;
  const auto random = make_system_random();
  client::Console console{std::cin, std::cout, std::cerr, client::Environment::of_process(),
                          clock,    *random};
  const int status = run(console);
  std::cout.flush();
  return status;
}

int print_page(const client::HelpPage& page) {
  std::cout << client::format_help(page) << std::flush;
  return 0;
}

}  // namespace

const client::HelpPage* find_client_page(std::span<const std::string> words) {
  const ClientCommand* command = words.empty() ? nullptr : find_command(words.front());
  if (command == nullptr) return nullptr;
  std::string name(command->name);
  const client::HelpPage* found = command->page;
  for (const auto& word : words.subspan(1)) {
    if (word.starts_with('-')) break;
    name.append(" ").append(word);
    for (const client::HelpPage* part : command->parts) {
      if (part->name == name) found = part;
    }
  }
  return found;
}

int run_client(const ClientCommand& command, const std::vector<std::string>& words) {
  client::keep_out_of_core_dumps();
  return with_console([&](client::Console& console) { return command.run(words, console); });
}

std::span<const ClientCommand> client_commands() { return kCommands; }

int run_client_command(int argc, char** argv, MorePages more) {
  if (argc < 2) return -1;
  std::vector<std::string> words(argv + 1, argv + argc);
  if (words.front() == "complete") {
    words.erase(words.begin());
    const CommandPages pages = more();
    return with_console(
        [&](client::Console& console) { return shell::run_complete(words, console, pages.all()); });
  }
  if (words.front() == "help" && words.size() > 1 && words[1].starts_with('-')) {
    words.erase(words.begin());
    return run_help(words, more());
  }
  const bool is_help = words.front() == "help";
  if (is_help) words.erase(words.begin());
  const ClientCommand* command = words.empty() ? nullptr : find_command(words.front());
  if (command == nullptr) {
    if (!calls::is_call(words)) return -1;
    if (!is_help) {
      return with_console([&](client::Console& console) { return calls::run(words, console); });
    }
    std::cout << calls::help_text(words) << std::flush;
    return 0;
  }
  if (is_help || asks_for_help(words) || asks_as_aws_does(words))
    return print_page(*find_client_page(words));
  words.erase(words.begin());
  return run_client(*command, words);
}

}  // namespace rolecall::app
