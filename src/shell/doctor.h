// What is wrong with somebody's set-up: findings, each with its place and what to do about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/session.h"
#include "shell/config_lines.h"

namespace rolecall::shell {

enum class Severity : std::uint8_t {
  error,    // something does not work, or gives somebody else's credentials
  warning,  // it works, and probably not as it was meant
  note,     // worth knowing
};

struct Finding {
  std::string_view id;  // "source-loop"; constant, for scripts
  Severity severity;
  std::string file;      // "" when it is about no file
  std::size_t line = 0;  // 0: the whole file
  std::string what, advice;
};

// One of the two files as it was found.
struct ConfigText {
  std::string path;
  std::string text;  // "" when it is not there
  bool is_there = false;
  std::optional<client::ConfigFile> parsed;  // nullopt: cannot be read
  ConfigLines lines;
};

// What the checks look at, and where they put what they find.
struct Examination {
  client::Session& session;
  ConfigText config, credentials;
  // Both files together, when both can be read.
  std::optional<client::Profiles> profiles;
  std::vector<Finding> findings = {};

  const client::Environment& environment() const { return session.environment(); }
  // About a profile: its place is that of `key` in it, of its section when there is none.
  void about_profile(std::string_view id, Severity severity, std::string_view profile,
                     std::string_view key, std::string what, std::string advice);
  void about_file(std::string_view id, Severity severity, std::string file, std::size_t line,
                  std::string what, std::string advice);
};

// Reads both files; what is wrong with reading them is found at once.
Examination begin_examination(client::Session& session);
void check_permissions(Examination& in);
void check_sections(Examination& in);  // dropped profiles, settings misspelt, plain keys
void check_profiles(Examination& in);  // sources, keys, durations, processes
void check_collisions(Examination& in);
void check_caches(Examination& in);
void check_environment(Examination& in);
void check_endpoints(Examination& in);  // the only one that uses the network

enum class Network : std::uint8_t { used, offline };
// All of them; errors first, then by file and line.
std::vector<Finding> examine(client::Session& session, Network network);

std::string findings_text(const std::vector<Finding>& findings);
std::string findings_json(const std::vector<Finding>& findings);

}  // namespace rolecall::shell
