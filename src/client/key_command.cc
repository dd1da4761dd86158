// `keys`: keys kept outside plain files. What may be shown is names and key ids; secrets leave only
// through `get` and `export`.
#include <algorithm>
#include <istream>
#include <ostream>

#include "base/encoding.h"
#include "client/arguments.h"
#include "client/chain.h"
#include "client/commands.h"
#include "client/failure.h"
#include "client/formats.h"
#include "client/key_moves.h"
#include "client/key_store.h"
#include "client/prompt.h"

namespace rolecall::client {
namespace {

struct Run {
  const Arguments& arguments;
  Session& session;
  Console& console;

  // --backend, else the usual one.
  Result<std::unique_ptr<keys::Store>> store() const {
    if (const auto name = arguments.value("--backend")) {
      RC_TRY(const auto backend, backend_named(*name));
      return open_store(session, backend);
    }
    RC_TRY(const auto chosen, choose_backend(session));
    return open_store(session, chosen.backend);
  }
  // --backend, else the one the profile's line names, else the usual one.
  Result<std::unique_ptr<keys::Store>> store_of(const std::string& name) const {
    if (!arguments.has("--backend")) {
      RC_TRY(const Profiles* files, session.profiles());
      const auto line = key_line_of(*files, console.environment, name);
      if (line && line->backend && line->name == name) return open_store(session, *line->backend);
    }
    return store();
  }
  // The one word after the sub-command.
  Result<std::string> name() const {
    const auto& words = arguments.positional();
    if (words.size() < 2) return usage_failure("the following arguments are required: NAME");
    if (words.size() > 2) return usage_failure("Unknown options: " + words[2]);
    return words[1];
  }
  Status no_more_words() const {
    const auto& words = arguments.positional();
    if (words.size() > 1) return usage_failure("Unknown options: " + words[1]);
    return {};
  }
};

Error nothing_kept(const std::string& name, const keys::Store& store) {
  return with_note(general_failure("No key is kept as `" + name + "` in " + store.where() + "."),
                   "`rolecall keys list` shows what is kept where");
}

// What is put into memory that a restart empties could be lost: only on request.
Status check_lasts(const keys::Store& store, const Run& run) {
  if (store.lasts() || run.arguments.has("--until-restart")) return {};
  Error error =
      general_failure("Keys in " + store.where() + " are gone when the machine restarts.");
  return with_note(std::move(error),
                   "give --until-restart if they are kept somewhere else as well, or use "
                   "--backend file");
}

// ---- import ----

Result<bool> import_one(const std::string& profile, keys::Store& store, const Run& run) {
  RC_TRY(const Profiles files, Profiles::load(run.console.environment));  // as they are now
  RC_TRY(const PlainKeys found, plain_keys(files, run.console.environment, profile));
  const bool dry = run.arguments.has("--dry-run");
  if (!dry) {
    RC_CHECK(import_keys(run.session, found, store, {run.arguments.has("--replace")}));
  }
  run.console.out << profile << ": " << found.entry.access_key_id
                  << (dry ? " would be moved to " : " moved to ") << store.where() << '\n';
  if (found.entry.token) {
    run.console.err << profile << ": these are temporary; they end when their session ends\n";
  }
  if (!found.note.empty()) run.console.err << profile << ": " << found.note << '\n';
  return true;
}

Result<int> import_all(keys::Store& store, const Run& run) {
  RC_TRY(const Profiles* files, run.session.profiles());
  int status = 0;
  const auto profiles = profiles_with_keys(*files);
  for (const std::string& profile : profiles) {
    const Section* section = files->find(profile);
    const bool temporary = section != nullptr && (section->find("aws_session_token") != nullptr ||
                                                  section->find("aws_security_token") != nullptr);
    if (temporary) {
      run.console.err << profile << ": left: temporary credentials (--profile moves them)\n";
      continue;
    }
    const auto moved = import_one(profile, store, run);
    if (moved) continue;
    run.console.err << profile << ": left: " << failure_report(moved.error());
    status = exit_status(moved.error());
  }
  if (profiles.empty()) run.console.err << "no profile has keys in its files\n";
  return status;
}

Result<int> import(const Run& run) {
  RC_CHECK(run.no_more_words());
  const bool all = run.arguments.has("--all");
  if (all && run.arguments.has("--profile")) {
    return usage_failure("argument --all: not allowed with argument --profile");
  }
  RC_TRY(const auto store, run.store());
  if (!run.arguments.has("--dry-run")) RC_CHECK(check_lasts(*store, run));
  if (all) return import_all(*store, run);
  RC_TRY([[maybe_unused]] const bool moved, import_one(run.session.profile(), *store, run));
  return 0;
}

// ---- the others ----

Result<int> list(const Run& run) {
  RC_CHECK(run.no_more_words());
  std::optional<keys::Backend> only;
  if (const auto name = run.arguments.value("--backend")) {
    RC_TRY(only, backend_named(*name));
  }
  RC_TRY(const Profiles* files, run.session.profiles());
  int status = 0;
  for (const keys::Backend backend : keys::kBackends) {
    if (only && *only != backend) continue;
    const auto store = open_store(run.session, backend);
    if (!store) {
      if (only) return store.error();
      continue;
    }
    const auto items = (*store)->list();
    if (!items) {
      // The other backends' keys are worth showing all the same.
      status = report(items.error(), run.console);
      continue;
    }
    for (const keys::Item& item : *items) {
      const auto line = key_line_of(*files, run.console.environment, item.name);
      const bool used =
          line && line->name == item.name && line->backend.value_or(backend) == backend;
      run.console.out << item.name << '\t' << item.access_key_id << '\t'
                      << keys::backend_name(backend) << '\t'
                      << (used ? "profile " + item.name : std::string("-")) << '\n';
    }
  }
  return status;
}

Result<int> get(const Run& run) {
  RC_TRY(const std::string name, run.name());
  const std::string wanted = run.arguments.value("--format").value_or("process");
  const auto format = parse_format(wanted);
  if (!format) {
    return usage_failure("argument --format: `" + wanted +
                         "` is none of process, env, env-no-export, powershell, windows-cmd, fish");
  }
  KeyLine line{name, {}, run.arguments.value("--key-id").value_or("")};
  if (const auto backend = run.arguments.value("--backend")) {
    RC_TRY(line.backend, backend_named(*backend));
  } else {
    RC_TRY(const Profiles* files, run.session.profiles());
    const auto own = key_line_of(*files, run.console.environment, name);
    if (own && own->name == name) line.backend = own->backend;
  }
  std::string where;
  RC_TRY(const Credentials credentials, fetch_stored(run.session, line, where));
  RC_TRY(std::string formatted, format_credentials(credentials, *format));
  const Secret text(std::move(formatted));
  run.console.out << text.reveal();
  return 0;
}

Result<Secret> asked(const std::string& question, Echo echo) {
  RC_TRY(auto line, ask_on_terminal(question, echo));
  if (!line) {
    return with_note(general_failure("There is no terminal to ask for the key."),
                     "`rolecall keys add NAME --stdin` reads two lines: the id and the secret");
  }
  return Secret(std::string(trim(line->reveal())));
}

Result<keys::Entry> read_key(const Run& run) {
  keys::Entry out;
  if (!run.arguments.has("--stdin")) {
    RC_TRY(const Secret id, asked("AWS Access Key ID: ", Echo::on));
    RC_TRY(out.secret_key, asked("AWS Secret Access Key: ", Echo::off));
    out.access_key_id = id.reveal();
    return out;
  }
  std::string line;
  line.reserve(keys::kFieldBytesMax);
  std::getline(run.console.in, line);
  out.access_key_id = trim(line);
  std::getline(run.console.in, line);
  out.secret_key = Secret(std::string(trim(line)));
  [[maybe_unused]] const Secret wiped(std::move(line));
  return out;
}

Result<int> add(const Run& run) {
  RC_TRY(const std::string name, run.name());
  const Environment& environment = run.console.environment;
  RC_TRY(const Profiles* files, run.session.profiles());
  const auto with_keys = profiles_with_keys(*files);
  if (std::find(with_keys.begin(), with_keys.end(), name) != with_keys.end()) {
    return with_note(general_failure("Profile `" + name +
                                     "` has keys in its files, which would be "
                                     "used instead."),
                     "`rolecall keys import --profile " + name + "` moves them");
  }
  if (const std::string other = what_wins(*files, environment, name); !other.empty()) {
    return with_note(general_failure("Profile `" + name + "` has " + other + " already."),
                     "keep the key under another name, and let this profile name it as its "
                     "source_profile");
  }
  RC_TRY(const auto store, run.store_of(name));
  RC_CHECK(check_lasts(*store, run));
  RC_TRY(const auto items, store->list());
  for (const keys::Item& item : items) {
    if (item.name == name && !run.arguments.has("--replace")) {
      return with_note(
          general_failure("A key (" + item.access_key_id + ") is kept as `" + name + "` already."),
          "--replace puts the new one in its place");
    }
  }
  RC_TRY(const keys::Entry entry, read_key(run));
  RC_CHECK(store->put(name, entry));
  RC_CHECK(write_key_line(run.session, name, {name, store->backend(), entry.access_key_id}));
  run.console.out << name << ": " << entry.access_key_id << " is kept in " << store->where()
                  << '\n';
  return 0;
}

Result<int> remove(const Run& run) {
  RC_TRY(const std::string name, run.name());
  RC_TRY(const auto store, run.store_of(name));
  RC_TRY(const auto items, store->list());
  const bool there = std::any_of(items.begin(), items.end(),
                                 [&](const keys::Item& item) { return item.name == name; });
  if (!there) return nothing_kept(name, *store);
  // The line first: a profile without credentials says so, one with a dead line is a riddle.
  RC_CHECK(remove_key_line(run.session, name));
  RC_TRY([[maybe_unused]] const bool removed, store->remove(name));
  run.console.out << name << ": removed from " << store->where() << '\n';
  return 0;
}

Result<int> export_plain(const Run& run) {
  RC_TRY(const std::string name, run.name());
  RC_TRY(const auto store, run.store_of(name));
  RC_TRY(const auto entry, store->get(name));
  if (!entry) return nothing_kept(name, *store);
  RC_CHECK(export_keys(run.session, name, *entry));
  if (!run.arguments.has("--keep")) {
    RC_TRY([[maybe_unused]] const bool removed, store->remove(name));
  }
  run.console.out << name << ": " << entry->access_key_id << " is in plain text in "
                  << run.console.environment.credentials_path() << " again\n";
  return 0;
}

Result<int> backend(const Run& run) {
  RC_CHECK(run.no_more_words());
  RC_TRY(const auto chosen, choose_backend(run.session));
  run.console.out << keys::backend_name(chosen.backend) << "\t" << chosen.why << "\n\n";
  for (const keys::Backend each : keys::kBackends) {
    const auto store = open_store(run.session, each);
    run.console.out << keys::backend_name(each) << '\t';
    if (!store) {
      run.console.out << "not available: " << failure_text(store.error()) << '\n';
      continue;
    }
    const auto items = (*store)->list();
    run.console.out << (*store)->where() << ", "
                    << ((*store)->lasts() ? "lasting" : "gone when the machine restarts") << ", "
                    << (items ? std::to_string(items->size()) + " kept"
                              : failure_text(items.error()))
                    << '\n';
  }
  return 0;
}

Result<int> unlock(const Run& run) {
  RC_CHECK(run.no_more_words());
  RC_TRY(const auto file, open_file_store(run.session));
  RC_CHECK(file->unlock());
  run.console.out << file->where() << " is open\n";
  return 0;
}

Result<int> lock(const Run& run) {
  RC_CHECK(run.no_more_words());
  RC_TRY(const auto file, open_file_store(run.session));
  RC_CHECK(file->lock());
  run.console.out << file->where() << " is locked\n";
  return 0;
}

Result<int> passphrase(const Run& run) {
  RC_CHECK(run.no_more_words());
  RC_TRY(const auto file, open_file_store(run.session));
  // The new one is asked for on the terminal, wherever the old one comes from;
  // --new-passphrase-file for those without one.
  const auto path = run.arguments.value("--new-passphrase-file");
  const auto next = path ? passphrase_from_file(run.console.environment.expand_path(*path))
                         : passphrase_from_terminal();
  RC_CHECK(file->change_passphrase(*next));
  run.console.out << file->where() << " has a new passphrase\n";
  return 0;
}

}  // namespace

int run_keys(Words words, Console& console) {
  constexpr OptionSpec kSpecs[] = {
      {"--all", false},  {"--dry-run", false},     {"--backend"},        {"--key-id"},
      {"--format"},      {"--stdin", false},       {"--replace", false}, {"--until-restart", false},
      {"--keep", false}, {"--new-passphrase-file"}};
  const auto arguments = Arguments::parse(words, kSpecs);
  if (!arguments) return report(arguments.error(), console);
  Session session(arguments->options(), console.environment, console.clock, console.random);
  const Run run{*arguments, session, console};
  struct Command {
    std::string_view name;
    Result<int> (*run)(const Run&);
  };
  constexpr Command kCommands[] = {
      {"list", list},       {"get", get},
      {"import", import},   {"export", export_plain},
      {"add", add},         {"remove", remove},
      {"backend", backend}, {"unlock", unlock},
      {"lock", lock},       {"passphrase", passphrase},
  };
  const std::string name =
      arguments->positional().empty() ? "list" : arguments->positional().front();
  for (const Command& command : kCommands) {
    if (command.name != name) continue;
    const auto result = command.run(run);
    return result ? *result : report(result.error(), console);
  }
  return report(usage_failure("keys: `" + name +
                              "` is none of list, get, import, export, add, "
                              "remove, backend, unlock, lock, passphrase"),
                console);
}

}  // namespace rolecall::client
