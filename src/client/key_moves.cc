#include "client/key_moves.h"

#include <algorithm>

#include "client/config_edit.h"
#include "client/failure.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kId = "aws_access_key_id", kSecret = "aws_secret_access_key",
                           kLine = "credential_process";
constexpr std::string_view kKeySettings[] = {kId, kSecret, "aws_session_token",
                                             "aws_security_token"};

const std::string* text_of(const Section* section, std::string_view key) {
  const Setting* setting = section == nullptr ? nullptr : section->find(key);
  return setting == nullptr || setting->is_map ? nullptr : &setting->text;
}

// The pair of one section, as its provider would take it; nullopt when there is no key id.
Result<std::optional<keys::Entry>> pair_of(const Section* section, const std::string& where) {
  const std::string* id = text_of(section, kId);
  const std::string* secret = text_of(section, kSecret);
  if (id == nullptr && secret == nullptr) return std::optional<keys::Entry>();
  if (id == nullptr || secret == nullptr) {
    return general_failure("Partial credentials found in " + where +
                           ", missing: " + std::string(id == nullptr ? kId : kSecret));
  }
  keys::Entry out{*id, Secret(*secret)};
  // The old name first, as the provider reads it.
  for (const std::string_view name : {"aws_security_token", "aws_session_token"}) {
    const std::string* token = text_of(section, name);
    if (token == nullptr) continue;
    if (!token->empty()) out.token = Secret(*token);
    break;
  }
  if (const std::string* account = text_of(section, "aws_account_id")) out.account_id = *account;
  return std::optional<keys::Entry>(std::move(out));
}

bool has_keys(const Section* section) {
  return text_of(section, kId) != nullptr || text_of(section, kSecret) != nullptr;
}

// Takes the pair out of a file if it is still the one that was stored.
Status remove_pair(const std::string& path, FileKind kind, const std::string& profile,
                   const keys::Entry& stored) {
  return edit_config(path, [&](std::string_view old) -> Result<std::string> {
    RC_TRY(const ConfigFile file, parse_config(old, path));
    const Profiles now = kind == FileKind::config ? Profiles::of(file, {}) : Profiles::of({}, file);
    const Section* section =
        kind == FileKind::config ? now.find_in_config(profile) : now.find_in_credentials(profile);
    RC_TRY(const auto pair, pair_of(section, path));
    if (!pair) return std::string(old);  // another import was quicker
    if (!keys::same(*pair, stored)) {
      return general_failure("The keys of profile `" + profile + "` in `" + path +
                             "` changed meanwhile; they were left there.");
    }
    return without_settings(old, kind, profile, kKeySettings, path);
  });
}

}  // namespace

std::optional<KeyLine> key_line_of(const Profiles& files, const Environment& environment,
                                   const std::string& profile) {
  const auto command = files.get(profile, kLine);
  return command ? parse_key_line(environment, *command) : std::nullopt;
}

std::string what_wins(const Profiles& files, const Environment& environment,
                      const std::string& profile) {
  for (const std::string_view key : {"role_arn", "web_identity_token_file", "sso_account_id",
                                     "sso_role_name", "login_session"}) {
    const Section* section = files.find(profile);
    if (section != nullptr && section->find(key) != nullptr) return std::string(key);
  }
  const auto command = files.get(profile, kLine);
  if (!command) return {};
  const auto line = parse_key_line(environment, *command);
  return line && line->name == profile ? "" : std::string(kLine);
}

Result<PlainKeys> plain_keys(const Profiles& files, const Environment& environment,
                             const std::string& profile) {
  if (files.find(profile) == nullptr) {
    return general_failure("The config profile (" + profile + ") could not be found");
  }
  RC_TRY(auto credentials, pair_of(files.find_in_credentials(profile), "shared-credentials-file"));
  RC_TRY(auto config, pair_of(files.find_in_config(profile), "config-file"));
  if (!credentials && !config) {
    if (const auto line = key_line_of(files, environment, profile)) {
      return general_failure(
          "Profile `" + profile + "` is already imported: its keys are kept as `" + line->name +
          "`" +
          (line->backend ? " in the backend " + std::string(keys::backend_name(*line->backend))
                         : "") +
          ".");
    }
    return general_failure("Profile `" + profile + "` has no keys in its files.");
  }
  if (profile.starts_with("--")) {
    return general_failure("A profile whose name begins with `--` cannot be told from an option.");
  }
  if (const std::string other = what_wins(files, environment, profile); !other.empty()) {
    Error error = general_failure("Profile `" + profile + "` has " + other +
                                  " beside its keys; without them it would mean something else.");
    return with_note(std::move(error),
                     "move the keys to a profile of their own first, and name it "
                     "where this one is a source_profile");
  }
  PlainKeys out{profile, {}, credentials.has_value(), false, {}};
  if (config && credentials && !keys::same(*config, *credentials)) {
    out.note = "`" + environment.config_path() + "` holds another key of the profile (" +
               config->access_key_id + "), which nothing uses; it was left there";
  } else {
    out.in_config = config.has_value();
  }
  out.entry = std::move(credentials ? *credentials : *config);
  RC_CHECK(keys::check(profile, out.entry));
  return out;
}

std::vector<std::string> profiles_with_keys(const Profiles& files) {
  std::vector<std::string> out;
  for (const Section& section : files.all()) {
    if (has_keys(files.find_in_credentials(section.name)) ||
        has_keys(files.find_in_config(section.name))) {
      out.push_back(section.name);
    }
  }
  return out;
}

Status import_keys(Session& session, const PlainKeys& found, keys::Store& store,
                   const MoveOptions& options) {
  const std::string& name = found.profile;
  RC_TRY(const auto there, store.get(name));
  if (there && !keys::same(*there, found.entry) && !options.replace) {
    Error error = general_failure("Another key (" + there->access_key_id + ") is kept as `" + name +
                                  "` in " + store.where() + ".");
    return with_note(std::move(error),
                     "`rolecall keys export` or `keys remove` it first, or give "
                     "--replace");
  }
  RC_CHECK(store.put(name, found.entry));
  RC_TRY(const auto back, store.get(name));
  if (!back || !keys::same(*back, found.entry)) {
    return general_failure("What was put into " + store.where() +
                           " did not come back; the files were left as they are.");
  }
  options.after(Step::stored);
  RC_CHECK(write_key_line(session, name, {name, store.backend(), found.entry.access_key_id}));
  options.after(Step::line_written);
  const Environment& environment = session.environment();
  if (found.in_credentials) {
    RC_CHECK(remove_pair(environment.credentials_path(), FileKind::credentials, name, found.entry));
    options.after(Step::removed_from_credentials);
  }
  if (found.in_config) {
    RC_CHECK(remove_pair(environment.config_path(), FileKind::config, name, found.entry));
    options.after(Step::removed_from_config);
  }
  return {};
}

Status export_keys(Session& session, const std::string& profile, const keys::Entry& entry) {
  const std::string path = session.environment().credentials_path();
  const auto change = [&](std::string_view old) -> Result<std::string> {
    RC_TRY(const ConfigFile file, parse_config(old, path));
    const Profiles now = Profiles::of({}, file);
    RC_TRY(const auto pair, pair_of(now.find_in_credentials(profile), "shared-credentials-file"));
    if (pair && !keys::same(*pair, entry)) {
      return general_failure("Profile `" + profile + "` has another key (" + pair->access_key_id +
                             ") in `" + path + "`; it was left there.");
    }
    std::string text(old);
    const auto put = [&](std::string_view key, std::string_view value) -> Status {
      RC_TRY(text, with_setting(text, FileKind::credentials, profile, std::string(key),
                                std::string(value), path));
      return {};
    };
    RC_CHECK(put(kId, entry.access_key_id));
    RC_CHECK(put(kSecret, entry.secret_key.reveal()));
    if (entry.token) RC_CHECK(put("aws_session_token", entry.token->reveal()));
    return text;
  };
  RC_CHECK(edit_config(path, change));
  return remove_key_line(session, profile);
}

Status write_key_line(Session& session, const std::string& profile, const KeyLine& line) {
  const Environment& environment = session.environment();
  const std::string path = environment.config_path();
  return edit_config(path, [&](std::string_view old) {
    return with_setting(old, FileKind::config, profile, std::string(kLine),
                        format_key_line(environment, line), path);
  });
}

Status remove_key_line(Session& session, const std::string& profile) {
  const Environment& environment = session.environment();
  for (const auto& [path, kind] :
       {std::pair(environment.config_path(), FileKind::config),
        std::pair(environment.credentials_path(), FileKind::credentials)}) {
    RC_CHECK(edit_config(path, [&](std::string_view old) -> Result<std::string> {
      RC_TRY(const ConfigFile file, parse_config(old, path));
      const Profiles now =
          kind == FileKind::config ? Profiles::of(file, {}) : Profiles::of({}, file);
      const auto line = key_line_of(now, environment, profile);
      if (!line || line->name != profile) return std::string(old);
      constexpr std::string_view kOnly[] = {kLine};
      return without_settings(old, kind, profile, kOnly, path);
    }));
  }
  return {};
}

}  // namespace rolecall::client
