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

// ---- profiles ----

constexpr std::string_view kProfilesUsage[] = {"rolecall profiles [--plain|--pick] [QUERY]"};
constexpr std::string_view kProfilesAbout =
    "Lists the profiles of both files. On a terminal the list is a picker: what is typed narrows "
    "it, "
    "Enter prints the name of the marked profile, Esc or Ctrl-C leaves. Up, Down, Ctrl-P, Ctrl-N, "
    "Page Up, Page Down, Home and End move; Ctrl-W drops a word, Ctrl-U all.\n\n"
    "Each word of a query must be found in one column: name, account, account name, role, source. "
    "Its letters must stand there in their order, not side by side; the closer they stand, and the "
    "nearer to the beginnings of words, the higher the row. Profiles that were picked often and "
    "lately come first.\n\n"
    "Where standard output is no terminal, rows are printed one a line with tabs between: name, "
    "account, where credentials come from (a role's ARN, SSO, a process, a key), source profile. "
    "`--pick` shows the picker there too: it appears on the terminal, and the name goes to "
    "standard "
    "output.\n\n"
    "The account's name is what `rolecall_account_name` or `sso_account_name` in the profile "
    "says.\n\n"
    "# Exit status\n"
    "0 done. 130 the person left the picker. 252 the arguments are wrong. 253 there are no "
    "profiles "
    "to pick from. 255 a file cannot be read, or there is no terminal.\n\n"
    "# Files\n"
    "`~/.aws/config` and `~/.aws/credentials`, or what AWS_CONFIG_FILE and "
    "AWS_SHARED_CREDENTIALS_FILE name. `recent-profiles` in the cache folder (see `rolecall "
    "cache`).";
constexpr HelpOption kProfilesOptions[] = {
    {"--plain", "", "print rows, on a terminal too"},
    {"--pick", "", "show the picker, though standard output is no terminal"},
};
constexpr std::string_view kProfilesExamples =
    "rolecall profiles\n"
    "export AWS_PROFILE=$(rolecall profiles --pick)\n"
    "rolecall profiles --plain admin | cut -f 1\n";
constexpr std::string_view kProfilesSee[] = {"use", "configure", "whoami"};

// ---- use ----

constexpr std::string_view kUseUsage[] = {"rolecall use [PROFILE] [-- COMMAND [ARGUMENT…]]"};
constexpr std::string_view kUseAbout =
    "Starts a shell in which AWS_PROFILE names the profile; leaving the shell leaves the profile. "
    "Without PROFILE it is picked (see `rolecall profiles`). Keys in the environment would win "
    "over "
    "AWS_PROFILE and are removed for that shell.\n\n"
    "No credentials are put into the environment: every program in the shell finds them by itself, "
    "and renews them. For programs that know no profiles there is `rolecall exec`.\n\n"
    "# Exit status\n"
    "That of the shell or of COMMAND; 126 it cannot be run, 127 it is not there. 130 the person "
    "left "
    "the picker. 252 the arguments are wrong. 253 the profile is not there. 255 there is no "
    "terminal.";
constexpr HelpOption kUseOptions[] = {
    {"--profile", "PROFILE", "the same as PROFILE"},
    {"--region", "REGION", "set AWS_REGION too"},
};
constexpr std::string_view kUseExamples =
    "rolecall use\nrolecall use prod\nrolecall use prod -- make deploy\n";
constexpr std::string_view kUseSee[] = {"profiles", "exec", "prompt"};

// ---- prompt ----

constexpr std::string_view kPromptUsage[] = {"rolecall prompt [--format TEMPLATE]"};
constexpr std::string_view kPromptAbout =
    "Prints who programs in this shell would be, for its prompt: profile, account, role, and how "
    "long the kept session still lasts. It reads files only and asks nobody. Nothing is printed "
    "when no profile was chosen (AWS_PROFILE, `rolecall use`, `rolecall exec`).\n\n"
    "TEMPLATE is copied, with these filled in: {profile}, {account}, {role}, {region}, {left} (9h, "
    "52m, 40s or expired), {mark} (! in the last five minutes, a cross after the end). A part in "
    "[brackets] is left out when one of its own is empty. A backslash takes the next letter as it "
    "is. The default is\n\n"
    "  {profile}[ {account}][ {role}][ {left}]\n\n"
    "{left} is empty for keys that do not expire, and until the first session is opened.\n\n"
    "# Exit status\n"
    "0, and 252 when the arguments are wrong.";
constexpr HelpOption kPromptOptions[] = {
    {"--profile", "PROFILE", "of this profile instead of the chosen one"},
    {"--format", "TEMPLATE", "what is printed"},
};
constexpr std::string_view kPromptExamples =
    "PS1='$(rolecall prompt --format \"({profile}[ {left}]{mark}) \")'$PS1\n"
    "setopt prompt_subst; RPROMPT='$(rolecall prompt)'\n"
    "function fish_right_prompt; rolecall prompt; end\n";
constexpr std::string_view kPromptSee[] = {"use", "exec", "docs/client.md"};

// ---- doctor ----

constexpr std::string_view kDoctorUsage[] = {"rolecall doctor [--offline] [--format text|json]"};
constexpr std::string_view kDoctorAbout =
    "Looks for what is wrong with the configuration files, the caches, the environment and the "
    "network, and says where it is and what to do. It changes nothing, opens no session and asks "
    "for no code. A set-up in good order gives no output.\n\n"
    "It finds files that cannot be read, with their line; sections that stand twice, or that every "
    "AWS program passes over without a word; settings that are misspelt; sources that are missing, "
    "empty or lead back to themselves; halves of keys, keys beside a role; roles that the AWS CLI "
    "keeps under one name though they are not the same; sessions of 900 seconds, or of more than "
    "is allowed; programs, files and sections that are named and not there; secrets in plain text "
    "or for others to read; broken caches; variables that win over a profile; addresses that do "
    "not "
    "answer; a clock that is wrong.\n\n"
    "The last word of a finding's first line is its name, the same in every version. An `error` "
    "does "
    "not work, or gives credentials that were not meant; a `warning` works, though perhaps not as "
    "it "
    "was meant; a `note` is worth knowing.\n\n"
    "# Exit status\n"
    "0 there are no errors. 1 there are. 252 the arguments are wrong.";
constexpr HelpOption kDoctorOptions[] = {
    {"--offline", "", "leave the network alone: neither addresses nor the clock are checked"},
    {"--format", "FORMAT", "text (default) or json", "text json"},
};
constexpr std::string_view kDoctorExamples =
    "rolecall doctor\nrolecall doctor --offline --format json\n";
constexpr std::string_view kDoctorSee[] = {"whoami", "profiles", "cache"};

}  // namespace

const HelpPage kDoctorPage{
    "doctor",       "find what is wrong with profiles, caches and the network",
    kDoctorUsage,   kDoctorAbout,
    kDoctorOptions, kDoctorExamples,
    kDoctorSee};
const HelpPage kProfilesPage{
    "profiles",       "list the profiles, or pick one by typing a few letters",
    kProfilesUsage,   kProfilesAbout,
    kProfilesOptions, kProfilesExamples,
    kProfilesSee,     CommonOptions::hidden};
const HelpPage kUsePage{"use",       "a shell with a profile, picked or named",
                        kUseUsage,   kUseAbout,
                        kUseOptions, kUseExamples,
                        kUseSee,     CommonOptions::hidden};
const HelpPage kPromptPage{
    "prompt",       "profile, account, role and time left, for a shell's prompt",
    kPromptUsage,   kPromptAbout,
    kPromptOptions, kPromptExamples,
    kPromptSee,     CommonOptions::hidden};
const HelpPage kCompletionPage{"completion",
                               "a script that completes commands for bash, zsh or fish",
                               kCompletionUsage,
                               kCompletionAbout,
                               {},
                               kCompletionExamples,
                               kCompletionSee,
                               CommonOptions::hidden};

}  // namespace rolecall::shell
