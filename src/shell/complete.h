// Shell completion: what could stand where the cursor is. One small protocol for bash, zsh and
// fish; their scripts only pass the words and show the answer.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/commands.h"
#include "client/help.h"

namespace rolecall::shell {

enum class Shell : std::uint8_t { bash, zsh, fish };

struct Candidate {
  std::string text;
  std::string about;  // "" for none
};

struct Completion {
  std::vector<Candidate> candidates;
  // What the shell itself completes better, beside or instead of the candidates.
  enum class Also : std::uint8_t { nothing, files, folders, programs } also = Also::nothing;
};

// `words`: what follows the program's name up to the cursor; the last one is being typed ("" after
// a blank). `pages`: every command's page and its parts'. Reads the configuration files when
// profiles are wanted, and folders for file:// — nothing else, and never the network.
Completion complete(std::span<const std::string> words,
                    std::span<const client::HelpPage* const> pages,
                    const client::Environment& environment);

// "rolecall completion SHELL": the script.
int run_completion(client::Words words, client::Console& console);
// "rolecall complete SHELL WORD…", called by the scripts. For bash the one word is the line up to
// the cursor: bash splits at `=` and `:`, and only the line tells what stood there.
// Answers lines: TEXT, or TEXT<TAB>ABOUT; ":files", ":folders" or ":programs" for what the shell
// shall do itself.
int run_complete(client::Words words, client::Console& console,
                 std::span<const client::HelpPage* const> pages);

}  // namespace rolecall::shell
