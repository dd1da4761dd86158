// Where sections and settings stand in a configuration file. The reader (client/config_file.h)
// keeps no places: only a complaint needs them.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace rolecall::shell {

class ConfigLines {
 public:
  static ConfigLines of(std::string_view text);
  // 1 for the first line; 0 when there is no such place.
  std::size_t of_section(std::string_view section) const { return of_setting(section, ""); }
  std::size_t of_setting(std::string_view section, std::string_view key) const;

 private:
  std::map<std::pair<std::string, std::string>, std::size_t> lines_;
};

}  // namespace rolecall::shell
