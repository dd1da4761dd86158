#include "client/key_store.h"

#include <unistd.h>

#include <charconv>
#include <climits>

#include "base/encoding.h"
#include "base/files.h"
#include "client/failure.h"
#include "client/process.h"
#include "client/prompt.h"
#include "client/words.h"
#include "keys/kernel_keyring.h"
#include "keys/keyring_store.h"
#include "keys/secret_service.h"

namespace rolecall::client {
namespace {

// An opened file stays open for a working day.
constexpr unsigned kUnlockedSeconds = 8 * 3600;

// A secret's first line, from a program's or a file's text.
Secret first_line(std::string text) {
  const Secret whole(std::move(text));
  const std::string_view line = whole.reveal();
  return Secret(std::string(line.substr(0, line.find_first_of("\r\n"))));
}

class FilePassphrase final : public keys::PassphraseSource {
 public:
  explicit FilePassphrase(std::string path) : path_(std::move(path)) {}
  bool may_ask_again() const override { return false; }
  Result<Secret> passphrase(bool) override {
    RC_TRY(auto text, read_file_if_there(path_, 64 * 1024));
    if (!text) return fault("there is no passphrase file `" + path_ + "`");
    Secret out = first_line(std::move(*text));
    if (out.empty()) return fault("the passphrase file `" + path_ + "` begins with an empty line");
    return out;
  }

 private:
  std::string path_;
};

class CommandPassphrase final : public keys::PassphraseSource {
 public:
  explicit CommandPassphrase(std::string command) : command_(std::move(command)) {}
  bool may_ask_again() const override { return false; }
  Result<Secret> passphrase(bool) override {
    const auto words = split_words(command_);
    if (!words || words->empty()) return fault("the passphrase command is no command");
    RC_TRY(Ran ran, run_captured(*words));
    Secret out = first_line(std::move(ran.out));
    if (ran.status != 0 || out.empty()) {
      return fault("the passphrase command `" + (*words)[0] + "` gave no passphrase" +
                   (trim(ran.err).empty() ? "" : ": " + std::string(trim(ran.err))));
    }
    return out;
  }

 private:
  std::string command_;
};

class TerminalPassphrase final : public keys::PassphraseSource {
 public:
  bool may_ask_again() const override { return true; }
  Result<Secret> passphrase(bool fresh) override {
    if (!fresh) return ask("Passphrase of the file of keys: ");
    RC_TRY(Secret first, ask("New passphrase for the file of keys: "));
    RC_TRY(const Secret second, ask("The same again: "));
    if (first.reveal() != second.reveal()) return fault("the two passphrases are not the same");
    return first;
  }

 private:
  static Result<Secret> ask(const std::string& question) {
    RC_TRY(auto line, ask_on_terminal(question, Echo::off));
    if (!line) {
      return with_note(general_failure("There is no terminal to ask for the passphrase of the "
                                       "file of keys."),
                       "set ROLECALL_KEYS_PASSPHRASE_FILE or ROLECALL_KEYS_PASSPHRASE_COMMAND, or "
                       "run `rolecall keys unlock` once on a terminal");
    }
    if (line->empty()) return fault("no passphrase was entered");
    return std::move(*line);
  }
};

class KeyringKeeper final : public keys::KeyKeeper {
 public:
  KeyringKeeper(keys::KernelKeyring keyring, unsigned seconds)
      : keyring_(keyring), seconds_(seconds) {}
  std::optional<Secret> recall(const std::string& id) override {
    return keyring_.read(description(id));
  }
  void keep(const std::string& id, const Secret& key) override {
    [[maybe_unused]] const auto status = keyring_.write(description(id), key, seconds_);
  }
  void forget(const std::string& id) override { keyring_.remove(description(id)); }

 private:
  static std::string description(const std::string& id) { return "rolecall:unlock:" + id; }
  keys::KernelKeyring keyring_;
  unsigned seconds_;
};

Result<std::string> key_file_path(Session& session) {
  RC_TRY(const auto path, own_setting(session, "keys_file"));
  const Environment& environment = session.environment();
  if (path) return environment.expand_path(*path);
  if (const auto data = environment.get_filled("XDG_DATA_HOME")) return *data + "/rolecall/keys";
  return environment.home() + "/.local/share/rolecall/keys";
}

Result<unsigned> unlocked_seconds(Session& session) {
  RC_TRY(const auto text, own_setting(session, "keys_unlocked_seconds"));
  if (!text) return kUnlockedSeconds;
  unsigned value = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (failed != std::errc() || end != text->data() + text->size()) {
    return configuration_failure("ROLECALL_KEYS_UNLOCKED_SECONDS is a number of seconds, not `" +
                                 *text + "`");
  }
  return value;
}

std::string real_path(const std::string& path) {
  char resolved[PATH_MAX];
  return ::realpath(path.c_str(), resolved) != nullptr ? resolved : "";
}

std::string_view file_name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool is_own_name(std::string_view name) { return name == "rolecall" || name == "rolecall-client"; }

// Where the shell would find `name`; "" when nowhere.
std::string on_path(const Environment& environment, const std::string& name) {
  if (name.find('/') != name.npos) return name;
  const std::string path = environment.get("PATH").value_or("/usr/local/bin:/usr/bin:/bin");
  for (std::string_view rest = path; !rest.empty();) {
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    const std::string candidate = std::string(rest.substr(0, colon)) + "/" + name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(colon + 1, rest.size()));
  }
  return {};
}

// By its name on PATH where that leads here: it outlives an update that moves the real file.
std::string own_program(const Environment& environment) {
  const std::string self = real_path("/proc/self/exe");
  const std::string named = on_path(environment, std::string(file_name_of(self)));
  return named.starts_with('/') && real_path(named) == self ? named : self;
}

// This program, or its sibling in the same folder.
bool is_own_program(const Environment& environment, const std::string& word) {
  const std::string theirs = real_path(on_path(environment, word));
  const std::string self = real_path("/proc/self/exe");
  return !theirs.empty() && (theirs == self || (is_own_name(file_name_of(theirs)) &&
                                                folder_of(theirs) == folder_of(self)));
}

}  // namespace

Result<std::optional<std::string>> own_setting(Session& session, std::string_view name) {
  if (auto value = session.environment().get_filled("ROLECALL_" + ascii_upper(name))) return value;
  RC_TRY(const Profiles* files, session.profiles());
  const Section* own = files->find_other("rolecall");
  const Setting* setting = own == nullptr ? nullptr : own->find(name);
  if (setting == nullptr || setting->is_map || setting->text.empty()) {
    return std::optional<std::string>();
  }
  return std::optional<std::string>(setting->text);
}

Result<keys::Backend> backend_named(std::string_view name) {
  if (const auto backend = keys::parse_backend(name)) return *backend;
  return usage_failure("`" + std::string(name) + "` is none of secret-service, keyring, file");
}

Result<ChosenBackend> choose_backend(Session& session) {
  RC_TRY(const auto wanted, own_setting(session, "keys"));
  if (wanted) {
    const auto backend = keys::parse_backend(*wanted);
    if (!backend) {
      return configuration_failure("ROLECALL_KEYS (or `keys` in [rolecall]): `" + *wanted +
                                   "` is none of secret-service, keyring, file");
    }
    const bool by_variable = session.environment().get_filled("ROLECALL_KEYS").has_value();
    return ChosenBackend{*backend, by_variable ? "ROLECALL_KEYS says so"
                                               : "`keys` in the section [rolecall] says so"};
  }
  const auto service = open_store(session, keys::Backend::secret_service);
  if (service) {
    return ChosenBackend{keys::Backend::secret_service, "the session bus has a secret service"};
  }
  return ChosenBackend{keys::Backend::file, failure_text(service.error())};
}

std::unique_ptr<keys::PassphraseSource> passphrase_from_file(std::string path) {
  return std::make_unique<FilePassphrase>(std::move(path));
}
std::unique_ptr<keys::PassphraseSource> passphrase_from_terminal() {
  return std::make_unique<TerminalPassphrase>();
}

std::unique_ptr<keys::PassphraseSource> passphrase_source(Session& session) {
  const auto setting = [&](std::string_view name) {
    auto value = own_setting(session, name);
    return value ? std::move(*value) : std::nullopt;
  };
  if (const auto path = setting("keys_passphrase_file")) {
    return passphrase_from_file(session.environment().expand_path(*path));
  }
  if (auto command = setting("keys_passphrase_command")) {
    return std::make_unique<CommandPassphrase>(std::move(*command));
  }
  return passphrase_from_terminal();
}

Result<std::unique_ptr<keys::FileStore>> open_file_store(Session& session) {
  RC_TRY(std::string path, key_file_path(session));
  RC_TRY(const unsigned seconds, unlocked_seconds(session));
  std::unique_ptr<keys::KeyKeeper> keeper;
  if (seconds > 0) {
    if (const auto keyring = keys::KernelKeyring::open()) {
      keeper = std::make_unique<KeyringKeeper>(*keyring, seconds);
    }
  }
  return std::make_unique<keys::FileStore>(keys::FileStoreOptions{std::move(path)},
                                           passphrase_source(session), std::move(keeper),
                                           session.random());
}

Result<std::unique_ptr<keys::Store>> open_store(Session& session, keys::Backend backend) {
  RC_TRY(const auto collection, own_setting(session, "keys_collection"));
  const auto unavailable = [](Error error) {
    std::string text = failure_text(error);
    return reworded(std::move(error), std::move(text), kExitConfiguration);
  };
  switch (backend) {
    case keys::Backend::keyring: {
      auto keyring = keys::KernelKeyring::open();
      if (!keyring) return unavailable(keyring.error());
      return keys::make_keyring_store(*keyring, collection.value_or(""));
    }
    case keys::Backend::secret_service: {
      const Environment& environment = session.environment();
      const bool display =
          environment.get_filled("DISPLAY") || environment.get_filled("WAYLAND_DISPLAY");
      auto store = keys::open_secret_service(
          collection.value_or(""), display ? keys::Dialogues::allowed : keys::Dialogues::refused);
      if (!store) return unavailable(store.error());
      return store;
    }
    case keys::Backend::file:
      break;
  }
  RC_TRY(auto store, open_file_store(session));
  return std::unique_ptr<keys::Store>(std::move(store));
}

std::string format_key_line(const Environment& environment, const KeyLine& line) {
  std::string out = shell_quote(own_program(environment)) + " keys get " + shell_quote(line.name);
  if (line.backend) out += " --backend " + std::string(keys::backend_name(*line.backend));
  if (!line.key_id.empty()) out += " --key-id " + shell_quote(line.key_id);
  return out;
}

std::optional<KeyLine> parse_key_line(const Environment& environment, std::string_view command) {
  // Cheap first: most lines are other programs'.
  if (command.find(" keys get ") == command.npos) return std::nullopt;
  const auto words = split_words(command);
  if (!words || words->size() < 4 || words->size() % 2 != 0) return std::nullopt;
  const auto& w = *words;
  if (w[1] != "keys" || w[2] != "get" || w[3].starts_with("--")) return std::nullopt;
  KeyLine out{w[3]};
  for (std::size_t i = 4; i < w.size(); i += 2) {
    if (w[i] == "--backend" && !out.backend) {
      out.backend = keys::parse_backend(w[i + 1]);
      if (!out.backend) return std::nullopt;
    } else if (w[i] == "--key-id" && out.key_id.empty()) {
      out.key_id = w[i + 1];
    } else {
      return std::nullopt;
    }
  }
  if (!is_own_program(environment, w[0])) return std::nullopt;
  return out;
}

}  // namespace rolecall::client
