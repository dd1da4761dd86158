// `configure` and its sub-commands: the AWS CLI's behaviour, files and texts.
#include <fmt/core.h>

#include <istream>
#include <ostream>

#include "base/encoding.h"
#include "client/arguments.h"
#include "client/chain.h"
#include "client/commands.h"
#include "client/config_writer.h"
#include "client/failure.h"
#include "client/formats.h"
#include "client/mfa_login.h"
#include "client/pages.h"
#include "client/recursion.h"

namespace rolecall::client {
namespace {

constexpr std::size_t kCsvBytesMax = 16u << 20;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (true) {
    const std::size_t at = text.find(separator);
    out.emplace_back(text.substr(0, at));
    if (at == text.npos) return out;
    text.remove_prefix(at + 1);
  }
}

std::string mask(const std::optional<std::string>& value) {
  if (!value) return "None";
  return std::string(16, '*') +
         value->substr(value->size() - std::min<std::size_t>(4, value->size()));
}

bool goes_to_credentials(std::string_view key) {
  return key == "aws_access_key_id" || key == "aws_secret_access_key" || key == "aws_session_token";
}

Error index_error() { return general_failure("list index out of range"); }

// ---- configure ----

Result<int> configure(const Arguments&, Session& session, Console& console) {
  RC_TRY(const Profiles* files, session.profiles());
  const std::string profile = session.profile();
  std::vector<Change> keys, settings;
  for (const auto& [name, text] :
       {std::pair<std::string, std::string>("aws_access_key_id", "AWS Access Key ID"),
        {"aws_secret_access_key", "AWS Secret Access Key"},
        {"region", "Default region name"},
        {"output", "Default output format"}}) {
    const auto now = files->get(profile, name);
    const bool is_key = goes_to_credentials(name);
    console.out << text << " [" << (is_key ? mask(now) : now.value_or("None"))
                << "]: " << std::flush;
    std::string line;
    if (!std::getline(console.in, line)) return general_failure("EOF when reading a line");
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line == now) continue;
    (is_key ? keys : settings).push_back({name, line});
  }
  if (keys.empty() && settings.empty()) return 0;
  if (!keys.empty()) {
    RC_CHECK(change_config(console.environment.credentials_path(), profile, keys));
  }
  RC_CHECK(change_config(console.environment.config_path(), section_of_profile(profile), settings));
  return 0;
}

// ---- configure set ----

struct Place {
  std::string profile;
  Change change;
};

Result<Place> place_of(const std::string& name, const std::string& value, Session& session) {
  if (name.find('.') == name.npos) return Place{session.profile(), {name, value}};
  const std::vector<std::string> parts = split(name, '.');
  if (parts[0] == "default" || parts[0] == "profile") {
    const std::size_t skip = parts[0] == "default" ? 1 : 2;
    if (parts.size() <= skip) return index_error();
    Place out{skip == 1 ? "default" : parts[1], {parts[skip], value}};
    if (parts.size() == skip + 2) out.change.sub_key = parts[skip + 1];
    return out;
  }
  if (parts[0] == "plugins" && parts.size() == 2) return Place{parts[0], {parts[1], value}};
  Place out{session.profile(), {parts[0], value}};
  if (parts.size() == 2) out.change.sub_key = parts[1];
  return out;
}

Result<int> set(const Arguments& arguments, Session& session, Console& console) {
  const auto& words = arguments.positional();
  if (words.size() < 3) {
    return usage_failure(std::string("the following arguments are required: ") +
                         (words.size() == 1 ? "varname, value" : "value"));
  }
  if (words.size() > 3) return usage_failure("Unknown options: " + words[3]);
  RC_TRY(Place place, place_of(words[1], words[2], session));
  const Environment& environment = console.environment;
  if (goes_to_credentials(place.change.key)) {
    RC_CHECK(change_config(environment.credentials_path(), place.profile, {place.change}));
    return 0;
  }
  const std::string section =
      place.profile == "plugins" ? place.profile : section_of_profile(place.profile);
  RC_CHECK(change_config(environment.config_path(), section, {place.change}));
  return 0;
}

// ---- configure get ----

// nullptr: not set. A map's line is copied into `line`.
Result<const Setting*> look_up(const std::string& name, Session& session, Setting& line) {
  RC_TRY(const Profiles* files, session.profiles());
  if (name.find('.') == name.npos) {
    RC_CHECK(session.check_profile());
    const Section* profile = files->find(session.profile());
    return profile == nullptr ? nullptr : profile->find(name);
  }
  const std::vector<std::string> parts = split(name, '.');
  std::string profile = session.profile();
  std::size_t at = 0;
  if (parts.size() == 2 && parts[0] == "plugins") {
    const Section* plugins = files->find_other(parts[0]);
    const Setting* found = plugins == nullptr ? nullptr : plugins->find(parts[1]);
    if (found != nullptr) return found;
    profile = parts[0];
    at = 1;
  } else if (parts[0] == "profile") {
    if (parts.size() < 3) return index_error();
    profile = parts[1];
    at = 2;
  } else if (parts[0] == "default" || files->find(parts[0]) != nullptr) {
    profile = parts[0];
    at = 1;
  }
  const Section* section = files->find(profile);
  const Setting* found = section == nullptr ? nullptr : section->find(parts[at]);
  if (found == nullptr || parts.size() != at + 2) return found;
  const std::string* text = found->is_map ? found->find(parts[at + 1]) : nullptr;
  if (text == nullptr) return nullptr;
  line.text = *text;
  return &line;
}

Result<int> get(const Arguments& arguments, Session& session, Console& console) {
  const auto& words = arguments.positional();
  if (words.size() < 2) return usage_failure("the following arguments are required: varname");
  if (words.size() > 2) return usage_failure("Unknown options: " + words[2]);
  Setting line;
  RC_TRY(const Setting* found, look_up(words[1], session, line));
  if (found == nullptr) return kExitNotFound;
  if (found->is_map) {
    console.err << "varname (" << words[1]
                << ") must reference a value, not a section or sub-section.";
    return kExitNotFound;
  }
  console.out << found->text << '\n';
  return 0;
}

// ---- configure list ----

void row(Console& console, std::string_view name, std::string_view value, std::string_view type,
         std::string_view location) {
  console.out << fmt::format("{:>10} {:>24} {:>16}    {}\n", name, value, type, location);
}

Result<int> list(const Arguments& arguments, Session& session, Console& console) {
  const Environment& environment = console.environment;
  row(console, "Name", "Value", "Type", "Location");
  row(console, "----", "-----", "----", "--------");
  if (arguments.options().profile) {
    row(console, "profile", *arguments.options().profile, "manual", "--profile");
  } else if (const auto chosen = session.chosen_profile()) {
    row(console, "profile", *chosen, "env", "['AWS_PROFILE', 'AWS_DEFAULT_PROFILE']");
  } else {
    row(console, "profile", "<not set>", "None", "None");
  }
  RC_CHECK(session.check_profile());
  RC_TRY(auto source, find_source(session));
  if (!source) {
    row(console, "access_key", "<not set>", "None", "None");
    row(console, "secret_key", "<not set>", "None", "None");
  } else {
    RC_TRY(const Credentials keys, source->fetch(session));
    row(console, "access_key", mask(keys.access_key_id), source->method(), "");
    row(console, "secret_key", mask(std::string(keys.secret_key.reveal())), source->method(), "");
  }
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (const auto region = environment.get(name)) {
      row(console, "region", *region, "env", "['AWS_REGION', 'AWS_DEFAULT_REGION']");
      return 0;
    }
  }
  RC_TRY(const Profiles* files, session.profiles());
  if (const auto region = files->get(session.profile(), "region")) {
    row(console, "region", *region, "config-file", environment.config_path_as_given());
  } else {
    row(console, "region", "<not set>", "None", "None");
  }
  return 0;
}

Result<int> list_profiles(const Arguments&, Session& session, Console& console) {
  RC_TRY(const Profiles* files, session.profiles());
  for (const Section& profile : files->all()) console.out << profile.name << '\n';
  return 0;
}

// ---- configure import ----

struct ImportedKey {
  std::string user, id, secret;
};

std::vector<std::string> csv_row(std::string_view line) {
  std::vector<std::string> out;
  for (const auto& field : split(line, ',')) out.emplace_back(trim(field));
  return out;
}

std::vector<std::string> text_lines(std::string_view text) {
  std::vector<std::string> out = split(text, '\n');
  for (auto& line : out) {
    if (line.ends_with('\r')) line.pop_back();
  }
  if (out.back().empty()) out.pop_back();
  return out;
}

Result<std::vector<ImportedKey>> parse_csv(std::string_view text, bool skip_invalid) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (trim(text).empty()) return general_failure("Provided CSV contains no contents");
  const auto lines = text_lines(text);
  const auto header = csv_row(lines[0]);
  constexpr std::string_view kNames[] = {"User Name", "Access Key ID", "Secret Access key"};
  std::size_t columns[3] = {};
  for (std::size_t i = 0; i < 3; ++i) {
    while (columns[i] < header.size() && !equal_ignoring_case(header[columns[i]], kNames[i])) {
      ++columns[i];
    }
    if (columns[i] == header.size()) {
      return general_failure("Expected header \"" + std::string(kNames[i]) + "\" not found");
    }
  }
  std::vector<ImportedKey> out;
  for (std::size_t at = 1; at < lines.size(); ++at) {
    const auto fields = csv_row(lines[at]);
    std::string values[3];
    bool good = true;
    for (std::size_t i = 0; i < 3 && good; ++i) {
      if (columns[i] < fields.size()) values[i] = fields[columns[i]];
      good = !values[i].empty();
      if (!good && !skip_invalid) {
        return general_failure("Failed to parse entry #" + std::to_string(at) +
                               ": Row missing value for header \"" + std::string(kNames[i]) + "\"");
      }
    }
    if (good) out.push_back({values[0], values[1], values[2]});
  }
  return out;
}

Result<int> import(const Arguments& arguments, Session&, Console& console) {
  auto csv = arguments.value("--csv");
  if (!csv) return usage_failure("the following arguments are required: --csv");
  if (csv->starts_with("file://")) {
    const std::string path = console.environment.expand_path(csv->substr(7));
    RC_TRY(const auto text, read_file_if_there(path, kCsvBytesMax));
    if (!text) {
      return usage_failure("Error parsing parameter '--csv': Unable to load paramfile " + *csv +
                           ": [Errno 2] No such file or directory: '" + path + "'");
    }
    csv = *text;
  }
  RC_TRY(const auto keys, parse_csv(*csv, arguments.has("--skip-invalid")));
  const std::string prefix = arguments.value("--profile-prefix").value_or("");
  for (const ImportedKey& key : keys) {
    RC_CHECK(change_config(console.environment.credentials_path(), prefix + key.user,
                           {{"aws_access_key_id", key.id}, {"aws_secret_access_key", key.secret}}));
  }
  console.out << "Successfully imported " << keys.size() << " profile(s)\n";
  return 0;
}

// ---- configure export-credentials ----

bool is_deferred(std::string_view method) {
  return method == "assume-role" || method == "assume-role-with-web-identity" || method == "sso";
}

Error cannot_retrieve(Error error) {
  std::string text = "Unable to retrieve credentials: " + std::string(trim(failure_text(error)));
  return reworded(std::move(error), std::move(text), kExitConfiguration);
}

Result<int> export_credentials(const Arguments& arguments, Session& session, Console& console) {
  const std::string name = arguments.value("--format").value_or("process");
  const auto format = parse_format(name);
  if (!format) {
    return usage_failure(
        "argument --format: Invalid choice, valid choices are:\n\n"
        "process                                  | env\n"
        "env-no-export                            | powershell\n"
        "windows-cmd                              | fish");
  }
  RC_CHECK(enter_profile(session.profile(), console.environment));
  auto source = find_source(session);
  if (!source) return cannot_retrieve(source.error());
  if (!*source) {
    return configuration_failure("Unable to retrieve credentials: no credentials found");
  }
  auto keys = (*source)->fetch(session);
  if (!keys) {
    // The AWS CLI looks at the end of what it was given after finding it, outside that sentence.
    const bool late = is_deferred((*source)->method()) ||
                      failure_text(keys.error()).starts_with("Credentials were refreshed");
    return late ? keys.error() : cannot_retrieve(keys.error());
  }
  RC_TRY(const std::string text, format_credentials(*keys, *format));
  console.out << text;
  return 0;
}

// The usage of what was typed, then the error, as argparse has it.
int usage_report(const Error& error, std::string_view usage, Console& console) {
  console.err << "\nusage: rolecall " << usage << "\n\nrolecall: error: " << failure_text(error)
              << '\n';
  return exit_status(error);
}

}  // namespace

int run_configure(Words words, Console& console) {
  constexpr OptionSpec kSpecs[] = {
      {"--csv"},           {"--skip-invalid", false}, {"--profile-prefix"}, {"--format"},
      {"--serial-number"}, {"--duration-seconds"},    {"--update-profile"}};
  auto arguments = Arguments::parse(words, kSpecs);
  if (!arguments) return usage_report(arguments.error(), "configure …", console);
  if (arguments->has("--help")) {
    console.out << format_help(kConfigurePage);
    return 0;
  }
  Session session(arguments->options(), console.environment, console.clock, console.random);
  using Function = Result<int> (*)(const Arguments&, Session&, Console&);
  struct Command {
    std::string_view name, usage;
    Function run;
  };
  constexpr Command kCommands[] = {
      {"", "configure [--profile NAME]", configure},
      {"set", "configure set NAME VALUE [--profile NAME]", set},
      {"get", "configure get NAME [--profile NAME]", get},
      {"list", "configure list [--profile NAME]", list},
      {"list-profiles", "configure list-profiles", list_profiles},
      {"import", "configure import --csv file://FILE", import},
      {"mfa-login", "configure mfa-login [--serial-number SERIAL] [--update-profile NAME]",
       mfa_login},
      {"export-credentials", "configure export-credentials [--format FORMAT]", export_credentials},
  };
  const std::string name = arguments->positional().empty() ? "" : arguments->positional().front();
  for (const Command& command : kCommands) {
    if (command.name != name) continue;
    const auto result = command.run(*arguments, session, console);
    if (result) return *result;
    if (exit_status(result.error()) == kExitUsage) {
      return usage_report(result.error(), command.usage, console);
    }
    return report(result.error(), console);
  }
  return usage_report(usage_failure("`configure " + name + "` is not a command"), "configure …",
                      console);
}

}  // namespace rolecall::client
