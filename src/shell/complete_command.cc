// `completion` and `complete`: what the shells' scripts and the completer say to each other.
#include <ostream>

#include "client/arguments.h"
#include "client/failure.h"
#include "client/words.h"
#include "shell/complete.h"
#include "shell/line.h"
#include "shell/scripts.h"

namespace rolecall::shell {
namespace {

std::optional<Shell> parse_shell(std::string_view name) {
  if (name == "bash") return Shell::bash;
  if (name == "zsh") return Shell::zsh;
  if (name == "fish") return Shell::fish;
  return std::nullopt;
}

std::string_view directive(Completion::Also also) {
  switch (also) {
    case Completion::Also::nothing:
      return "";
    case Completion::Also::files:
      return ":files\n";
    case Completion::Also::folders:
      return ":folders\n";
    case Completion::Also::programs:
      return ":programs\n";
  }
  return "";
}

// A line stands for one candidate.
bool is_one_line(std::string_view text) { return text.find_first_of("\n\r\t") == text.npos; }

void print(const Completion& found, Shell shell, std::string_view dropped, std::ostream& out) {
  for (const Candidate& candidate : found.candidates) {
    if (!is_one_line(candidate.text)) continue;
    std::string_view text = candidate.text;
    if (shell == Shell::bash) {
      text.remove_prefix(std::min(dropped.size(), text.size()));
      // A word that was begun is completed as it stands: quotes would not continue it.
      out << (dropped.empty() ? client::shell_quote(text) : std::string(text)) << '\n';
    } else if (shell == Shell::zsh) {
      for (const char c : text) {
        if (c == ':' || c == '\\') out << '\\';
        out << c;
      }
      if (!candidate.about.empty() && is_one_line(candidate.about)) out << ':' << candidate.about;
      out << '\n';
    } else {
      out << text;
      if (!candidate.about.empty() && is_one_line(candidate.about)) out << '\t' << candidate.about;
      out << '\n';
    }
  }
  out << directive(found.also);
}

}  // namespace

int run_completion(client::Words words, client::Console& console) {
  const auto shell = words.size() == 1 ? parse_shell(words[0]) : std::nullopt;
  if (!shell) {
    return client::report(
        client::usage_failure("completion wants the name of a shell: bash, zsh or fish"), console);
  }
  console.out << completion_script(*shell);
  return 0;
}

int run_complete(client::Words words, client::Console& console,
                 std::span<const client::HelpPage* const> pages) {
  const auto shell = words.empty() ? std::nullopt : parse_shell(words[0]);
  if (!shell) return client::kExitUsage;
  std::vector<std::string> typed(words.begin() + 1, words.end());
  std::string dropped;
  if (*shell == Shell::bash) {
    typed = split_line(typed.empty() ? "" : typed[0]);
    if (!typed.empty()) {
      typed.erase(typed.begin());  // the program
      // bash replaces only what stands after the last of these.
      if (!typed.empty()) dropped = typed.back().substr(0, typed.back().find_last_of("=:") + 1);
    }
  }
  if (typed.empty()) return 0;
  print(complete(typed, pages, console.environment), *shell, dropped, console.out);
  return 0;
}

}  // namespace rolecall::shell
