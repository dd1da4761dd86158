// Which store keeps the keys, and the line in `config` that leads other programs to it.
//   credential_process = /usr/bin/rolecall keys get prod --backend file --key-id AKIA…
// The line says all that is needed: nothing is searched for, and who the key is is known without
// opening the store.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "client/session.h"
#include "keys/file_store.h"
#include "keys/store.h"

namespace rolecall::client {

// A setting of the client itself: the variable ROLECALL_NAME, else `name` in the section [rolecall]
// of `config`. nullopt when neither is there or both are empty.
Result<std::optional<std::string>> own_setting(Session& session, std::string_view name);

struct ChosenBackend {
  keys::Backend backend;
  std::string why;
};
// ROLECALL_KEYS or `keys`; else the secret service where there is one, else the file: what outlasts
// a restart. The kernel's keyring is used for keys only where it is asked for.
Result<ChosenBackend> choose_backend(Session& session);
// "keyring", "secret-service", "file" or a usage failure.
Result<keys::Backend> backend_named(std::string_view name);

// Fails (253) saying why where the backend is not available.
Result<std::unique_ptr<keys::Store>> open_store(Session& session, keys::Backend backend);
// The encrypted file itself, for what only it can do.
Result<std::unique_ptr<keys::FileStore>> open_file_store(Session& session);
// As the settings say: a file, a command, else the terminal.
std::unique_ptr<keys::PassphraseSource> passphrase_source(Session& session);
std::unique_ptr<keys::PassphraseSource> passphrase_from_file(std::string path);
std::unique_ptr<keys::PassphraseSource> passphrase_from_terminal();

struct KeyLine {
  std::string name;
  std::optional<keys::Backend> backend = {};
  std::string key_id = {};  // "" when the line does not say
};
// What stands after `credential_process = `.
std::string format_key_line(const Environment& environment, const KeyLine& line);
// nullopt: another program's line (or another copy of this one's).
std::optional<KeyLine> parse_key_line(const Environment& environment, std::string_view command);

// What a key line leads to, without a second process.
class Source;
// `where` becomes the store, for people.
Result<Credentials> fetch_stored(Session& session, const KeyLine& line, std::string& where);
Result<std::unique_ptr<Source>> make_stored_source(Session& session, std::string profile,
                                                   KeyLine line);

}  // namespace rolecall::client
