#include "shell/pages.h"

namespace rolecall::shell {
namespace {

using client::CommonOptions;
using client::HelpOption;
using client::HelpPage;

// ---- completion ----

constexpr std::string_view kCompletionUsage[] = {"rolecall completion bash|zsh|fish"};
constexpr std::string_view kCompletionAbout =
    "Prints a script that teaches the shell to complete commands, options, profiles, regions, "
    "services, operations, their parameters and the values these may have. Nothing is asked of the "
    "network: names come from the configuration files and from the program itself.\n\n"
    "bash, in `~/.bashrc`:\n\n"
    "  eval \"$(rolecall completion bash)\"\n\n"
    "zsh, in `~/.zshrc` after `compinit`:\n\n"
    "  eval \"$(rolecall completion zsh)\"\n\n"
    "fish, once:\n\n"
    "  rolecall completion fish > ~/.config/fish/completions/rolecall.fish\n\n"
    "# Exit status\n"
    "0 done. 252 the shell is none of the three.";
constexpr std::string_view kCompletionExamples = "source <(rolecall completion bash)\n";
constexpr std::string_view kCompletionSee[] = {"docs/client.md"};

}  // namespace

const HelpPage kCompletionPage{"completion",
                               "a script that completes commands for bash, zsh or fish",
                               kCompletionUsage,
                               kCompletionAbout,
                               {},
                               kCompletionExamples,
                               kCompletionSee,
                               CommonOptions::hidden};

}  // namespace rolecall::shell
