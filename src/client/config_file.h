// Reading `config` and `credentials`: the INI dialect that the AWS CLI and boto3 read.
//
// `=` or `:` delimits; a line that begins with # or ; is a comment; keys are lower-cased; a more
// indented line continues the value above it, and a value that begins on the next line is a map of
// one level; [DEFAULT] gives defaults to every section; a key or section twice is an error.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace rolecall::client {

// A setting is a text, or (`s3 =` and indented lines) a map of texts.
struct Setting {
  std::string text;
  bool is_map = false;
  std::vector<std::pair<std::string, std::string>> map = {};

  const std::string* find(std::string_view key) const;  // in the map
};

struct Section {
  std::string name;  // between the brackets, verbatim
  std::vector<std::pair<std::string, Setting>> settings = {};

  const Setting* find(std::string_view key) const;
  // Replaces in place or appends, as a Python dict does.
  void put(std::string_view key, Setting value);
};

struct ConfigFile {
  std::vector<Section> sections;  // in the file's order
};

// A person's file is a few KiB; thousands of generated profiles stay below.
inline constexpr std::size_t kConfigBytesMax = 16u << 20;

// The error reads as the AWS CLI's ("Unable to parse config file: PATH"); a note names the line.
Result<ConfigFile> parse_config(std::string_view text, std::string_view path);
// A file that is not there is empty.
Result<ConfigFile> read_config(const std::string& path);

}  // namespace rolecall::client
