#include "client/pages.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kFormats = "process env env-no-export powershell windows-cmd fish";

// ---- configure ----

constexpr std::string_view kConfigureUsage[] = {
    "rolecall configure [--profile NAME]",
    "rolecall configure set SETTING VALUE [--profile NAME]",
    "rolecall configure get SETTING [--profile NAME]",
    "rolecall configure list [--profile NAME]",
    "rolecall configure list-profiles",
    "rolecall configure import --csv file://FILE",
    "rolecall configure export-credentials [--format FORMAT]",
    "rolecall configure mfa-login [--serial-number SERIAL] [--update-profile NAME]",
};
constexpr std::string_view kConfigureAbout =
    "Reads and writes the AWS CLI's two files as the AWS CLI does. A write keeps every other line "
    "as it is, replaces the file in one step, keeps its mode, and waits for other writers.\n\n"
    "Without a sub-command it asks for the two keys, the region and the output format, and writes "
    "what was answered. An empty answer keeps what is there.\n\n"
    "`set` writes one setting. SETTING is a setting of the chosen profile (`region`), of another "
    "one "
    "(`profile.prod.region`), or of a group within it (`s3.addressing_style`). Keys go to the "
    "credentials file, everything else to the config file.\n\n"
    "`get` prints one setting, and nothing when it is not set.\n\n"
    "`list` says which profile, keys and region are in use and where each comes from.\n\n"
    "`list-profiles` prints the names of all profiles, one a line.\n\n"
    "`import` takes the file of access keys that the IAM console offers: a profile for each user "
    "in it.\n\n"
    "`export-credentials` is `rolecall creds` under the AWS CLI's name.\n\n"
    "`mfa-login` asks for a one-time code and writes the session it gets, in plain text, to a "
    "profile of its own, for programs that know nothing but the credentials file. Our own "
    "commands, and what calls them as `credential_process`, need none: they ask once and keep "
    "the session.\n\n"
    "# Exit status\n"
    "0 done. 1 from `get` when the setting is not set. 252 the arguments are wrong. 253 the "
    "profile is not there, or has no credentials. 255 anything else.\n\n"
    "# Files\n"
    "`~/.aws/config` and `~/.aws/credentials`, or what AWS_CONFIG_FILE and "
    "AWS_SHARED_CREDENTIALS_FILE name.";
constexpr HelpOption kConfigureOptions[] = {
    {"--csv", "file://FILE", "import: the console's file of access keys"},
    {"--skip-invalid", "", "import: pass over rows that lack something"},
    {"--profile-prefix", "TEXT", "import: put this before each user's name"},
    {"--format", "FORMAT",
     "export-credentials: process, env, env-no-export, powershell, windows-cmd or fish", kFormats},
    {"--serial-number", "SERIAL", "mfa-login: the device, else the profile's mfa_serial"},
    {"--duration-seconds", "SECONDS", "mfa-login: how long the session lasts; 43200 if not said"},
    {"--update-profile", "PROFILE", "mfa-login: where to write it; session-XXXXX if not said"},
};
constexpr std::string_view kConfigureExamples =
    "rolecall configure set region eu-west-1 --profile prod\n"
    "rolecall configure set profile.prod.role_arn arn:aws:iam::222222222222:role/Admin\n"
    "rolecall configure get profile.prod.source_profile\n"
    "rolecall configure import --csv file://rootkey.csv --profile-prefix corp-\n";
constexpr std::string_view kConfigureSee[] = {"creds", "profiles", "docs/client.md"};

// ---- whoami ----

constexpr std::string_view kWhoamiUsage[] = {"rolecall whoami [--explain] [--output text|json]"};
constexpr std::string_view kWhoamiAbout =
    "Asks STS who the credentials belong to, and prints account, ARN, user id, access key, when "
    "the session ends, which address was asked in which region, and every hop of the chain that "
    "led there.\n\n"
    "When a hop is refused, the report says which hop, as whom, at which address, and what the "
    "server said.\n\n"
    "# Exit status\n"
    "0 the server knows the credentials. 252 the arguments are wrong. 253 there are no credentials "
    "or no region. 254 the server refused. 255 anything else, such as an address that does not "
    "answer.";
constexpr HelpOption kWhoamiOptions[] = {
    {"--explain", "", "also print every provider that was looked at, and why it was taken or not"},
    {"--output", "FORMAT", "text (default) or json", "text json"},
};
constexpr std::string_view kWhoamiExamples =
    "rolecall whoami --profile prod\n"
    "rolecall whoami --profile prod --explain\n"
    "rolecall whoami --output json\n";
constexpr std::string_view kWhoamiSee[] = {"creds", "profiles"};

// ---- creds ----

constexpr std::string_view kCredsUsage[] = {"rolecall creds [--format FORMAT]"};
constexpr std::string_view kCredsAbout =
    "Finds the profile's credentials as the AWS CLI would, opens the sessions that are needed, and "
    "prints them. Sessions are kept (see `rolecall cache`), so that the next call reads two files "
    "and asks nobody; fifty calls at once open one session.\n\n"
    "With the default format, `process`, it is the answer that every AWS SDK expects from a "
    "credential_process. In `~/.aws/config`:\n\n"
    "  [profile prod]\n"
    "  credential_process = rolecall creds --profile prod-role\n\n"
    "An MFA code is asked for on the terminal, never on standard input, once per person and "
    "device; where there is no terminal, `mfa_process = COMMAND` in the profile prints it.\n\n"
    "# Exit status\n"
    "0 credentials were printed. 252 the arguments are wrong. 253 there are none, or the profile "
    "is not there. 254 the server refused a hop. 255 anything else.";
constexpr HelpOption kCredsOptions[] = {
    {"--format", "FORMAT",
     "process (JSON, the default), env (export lines for a POSIX shell), env-no-export, "
     "powershell, windows-cmd, fish",
     kFormats},
};
constexpr std::string_view kCredsExamples =
    "eval \"$(rolecall creds --profile prod --format env)\"\n"
    "rolecall creds --profile prod --format fish | source\n"
    "rolecall creds --profile prod --format env-no-export > prod.env\n";
constexpr std::string_view kCredsSee[] = {"exec", "whoami", "cache"};

// ---- exec ----

constexpr std::string_view kExecUsage[] = {"rolecall exec [--server] -- COMMAND [ARGUMENT…]"};
constexpr std::string_view kExecAbout =
    "Runs COMMAND with the profile's credentials, region and endpoint in its environment. "
    "Variables that would compete with them are removed; ROLECALL_PROFILE names the profile, for a "
    "prompt. The shell that calls it stays as it was.\n\n"
    "With `--server` the credentials are not in the environment: COMMAND is given the address of a "
    "container-credentials endpoint on loopback and a token for it, and every SDK renews its "
    "credentials there for as long as it runs. `/profile/NAME` of the same endpoint gives other "
    "profiles' credentials. COMMAND sees no configuration files, because SDKs would take keys from "
    "there first.\n\n"
    "# Exit status\n"
    "That of COMMAND; 128 and the signal's number when a signal ended it (with `--server`); 126 it "
    "cannot be run, 127 it is not there. 252 to 255 as of `rolecall creds`.";
constexpr HelpOption kExecOptions[] = {
    {"--server", "", "serve credentials that renew themselves instead of passing one set"},
};
constexpr std::string_view kExecExamples =
    "rolecall exec --profile prod -- terraform plan\n"
    "rolecall exec --profile prod -- bash\n"
    "rolecall exec --server --profile prod -- ./long-job\n";
constexpr std::string_view kExecSee[] = {"creds", "whoami"};

// ---- cache ----

constexpr std::string_view kCacheUsage[] = {"rolecall cache [list|clear]"};
constexpr std::string_view kCacheAbout =
    "`list` prints the sessions that are kept, one a line, with tabs between: the beginning of the "
    "file's name, kind, profile, role or device, endpoint, time left. `clear` removes them all.\n\n"
    "A session is used by every profile with the same identity, role, endpoint, region and "
    "settings. It is renewed 15 minutes before its end, though not in the first three quarters of "
    "its life. A file that cannot be read counts as none and is replaced.\n\n"
    "# Exit status\n"
    "0 done. 252 the arguments are wrong. 255 a file cannot be removed.\n\n"
    "# Files\n"
    "`sessions` under ROLECALL_CACHE_DIR, else under `$XDG_CACHE_HOME/rolecall`, else under "
    "`~/.cache/rolecall`; files have mode 0600. The AWS CLI's own `~/.aws/cli/cache` is used for "
    "profiles with `share_aws_cli_cache = true`.";
constexpr std::string_view kCacheExamples = "rolecall cache list\nrolecall cache clear\n";
constexpr std::string_view kCacheSee[] = {"creds"};

}  // namespace

const HelpPage kConfigurePage{"configure",       "read and write profiles, as `aws configure` does",
                              kConfigureUsage,   kConfigureAbout,
                              kConfigureOptions, kConfigureExamples,
                              kConfigureSee};
const HelpPage kWhoamiPage{
    "whoami",       "who the server says you are, until when, and by which way",
    kWhoamiUsage,   kWhoamiAbout,
    kWhoamiOptions, kWhoamiExamples,
    kWhoamiSee};
const HelpPage kCredsPage{
    "creds",       "print credentials of a profile, for a shell or for any SDK",
    kCredsUsage,   kCredsAbout,
    kCredsOptions, kCredsExamples,
    kCredsSee};
const HelpPage kExecPage{"exec",       "run a program with the credentials of a profile",
                         kExecUsage,   kExecAbout,
                         kExecOptions, kExecExamples,
                         kExecSee};
const HelpPage kCachePage{"cache",     "list or clear the sessions kept on disk",
                          kCacheUsage, kCacheAbout,
                          {},          kCacheExamples,
                          kCacheSee,   CommonOptions::hidden};

}  // namespace rolecall::client
