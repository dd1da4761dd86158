#include "client/pages.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kUsage[] = {
    "rolecall keys [list] [--backend BACKEND]",
    "rolecall keys import [--profile NAME|--all] [--dry-run]",
    "rolecall keys add NAME [--stdin]",
    "rolecall keys get NAME [--format FORMAT]",
    "rolecall keys export NAME [--keep]",
    "rolecall keys remove NAME",
    "rolecall keys backend",
    "rolecall keys unlock|lock|passphrase",
};
constexpr std::string_view kAbout =
    "Keeps access keys outside plain files, and leads profiles to them with a `credential_process` "
    "line that every SDK and the AWS CLI understand. Profiles with keys in plain files go on as "
    "before; nothing is moved unasked.\n\n"
    "`import` moves the keys of a profile from the credentials file (or the config file) into the "
    "store. They are stored and read back, then the line is written, then they are taken out of "
    "the "
    "file: whenever it is interrupted, the profile works and the next import goes on. Everything "
    "else in the files stays byte for byte. Profiles that have a role, SSO or another "
    "credential_process beside their keys are refused, because without them they would mean "
    "something else; `--all` leaves temporary keys alone as well.\n\n"
    "`add` asks for a new key on the terminal (the secret without echo) and writes the profile's "
    "line. With `--stdin` it reads two lines: the id and the secret.\n\n"
    "`list` prints name, key id, backend and the profile that uses it, with tabs between. It needs "
    "no passphrase.\n\n"
    "`get` prints a key as a credential_process does. `rolecall` itself follows such a line "
    "without "
    "a second process.\n\n"
    "`export` puts a key back into the credentials file in plain text, and takes it out of the "
    "store (unless `--keep`). `remove` forgets it.\n\n"
    "`backend` says which store is used, and why. `unlock`, `lock` and `passphrase` (a new one) "
    "are "
    "for the encrypted file.\n\n"
    "# Backends\n"
    "`secret-service`: the desktop's keyring (GNOME Keyring, KWallet, KeePassXC) on the session "
    "bus. "
    "Used when there is one.\n\n"
    "`file`: a file that a passphrase opens (Argon2id, AES-256-GCM). Used otherwise. Once opened "
    "it "
    "stays open for eight hours: its key is kept in the kernel's keyring, where there is one. "
    "Names "
    "and key ids are readable in it, secrets are not.\n\n"
    "`keyring`: the kernel's keyring itself. Nothing is on disk, and all is gone when the machine "
    "restarts or after three days without use; so it is used only when asked for, and `import` and "
    "`add` want `--until-restart`.\n\n"
    "# Environment\n"
    "ROLECALL_KEYS: the backend. ROLECALL_KEYS_FILE: the encrypted file. "
    "ROLECALL_KEYS_PASSPHRASE_FILE: a file whose first line is the passphrase. "
    "ROLECALL_KEYS_PASSPHRASE_COMMAND: a command that prints it (no shell). "
    "ROLECALL_KEYS_UNLOCKED_SECONDS: how long an opened file stays open; 0 for not at all. "
    "ROLECALL_KEYS_COLLECTION: keeps sets of keys apart in the keyring and the secret service. "
    "Each may stand in the section [rolecall] of the config file too, in small letters and "
    "without ROLECALL_. ROLECALL_KEYS_SESSIONS, a variable only: `true` seals the sessions that "
    "are kept on disk.\n\n"
    "# Exit status\n"
    "0 done. 252 the arguments are wrong. 253 the backend is not available. 255 anything else: a "
    "wrong passphrase, a damaged file, a profile that cannot be imported.\n\n"
    "# Files\n"
    "The encrypted file is `$XDG_DATA_HOME/rolecall/keys`, else `~/.local/share/rolecall/keys`, "
    "with "
    "mode 0600.";
constexpr HelpOption kOptions[] = {
    {"--backend", "BACKEND", "secret-service, file or keyring"},
    {"--profile", "NAME", "import: the profile; else AWS_PROFILE, else default"},
    {"--all", "", "import: every profile that has keys"},
    {"--dry-run", "", "import: say what would be moved"},
    {"--replace", "", "import, add: overwrite another key of that name"},
    {"--until-restart", "", "import, add: the keyring is wanted although it forgets"},
    {"--stdin", "", "add: read id and secret from standard input"},
    {"--format", "FORMAT", "get: as for `rolecall creds`"},
    {"--key-id", "ID", "get: fail unless it is this key"},
    {"--keep", "", "export: leave the key in the store as well"},
    {"--new-passphrase-file", "FILE", "passphrase: its first line is the new one"},
};
constexpr std::string_view kExamples =
    "rolecall keys import --all\n"
    "ROLECALL_KEYS=file rolecall keys add ci\n"
    "rolecall keys list\n"
    "rolecall keys export default\n";
constexpr std::string_view kSee[] = {"configure", "creds", "cache"};

}  // namespace

const HelpPage kKeysPage{"keys",   "access keys kept outside plain files",
                         kUsage,   kAbout,
                         kOptions, kExamples,
                         kSee,     CommonOptions::hidden};

}  // namespace rolecall::client
