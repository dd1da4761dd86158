// Command lines in the AWS CLI's manner: global options anywhere, `--name value` or `--name=value`,
// positional words, and after `--` somebody else's command.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/session.h"

namespace rolecall::client {

struct OptionSpec {
  std::string_view name;  // "--format"
  bool takes_value = true;
};

class Arguments {
 public:
  // The global options are always known; anything else not in `specs` is a usage failure (252).
  static Result<Arguments> parse(std::span<const std::string> words,
                                 std::span<const OptionSpec> specs);

  const Options& options() const { return options_; }
  std::optional<std::string> value(std::string_view name) const;
  bool has(std::string_view name) const { return values_.contains(name); }
  const std::vector<std::string>& positional() const { return positional_; }
  const std::vector<std::string>& command() const { return command_; }  // after `--`

 private:
  Options options_;
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> positional_, command_;
};

}  // namespace rolecall::client
