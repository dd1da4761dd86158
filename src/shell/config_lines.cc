#include "shell/config_lines.h"

#include "base/encoding.h"

namespace rolecall::shell {

ConfigLines ConfigLines::of(std::string_view text) {
  ConfigLines out;
  std::string section;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    ++number;
    line = trim(line);
    if (line.empty() || line.front() == '#' || line.front() == ';') continue;
    const std::size_t close = line.rfind(']');
    if (line.front() == '[' && close != line.npos) {
      section = line.substr(1, close - 1);
      out.lines_.try_emplace({section, ""}, number);
      continue;
    }
    // Lines of a map count as settings of the section: near enough for pointing at them.
    const std::size_t delimiter = line.find_first_of("=:");
    if (delimiter == line.npos) continue;
    out.lines_.try_emplace({section, ascii_lower(trim(line.substr(0, delimiter)))}, number);
  }
  return out;
}

std::size_t ConfigLines::of_setting(std::string_view section, std::string_view key) const {
  const auto found = lines_.find({std::string(section), std::string(key)});
  return found == lines_.end() ? 0 : found->second;
}

}  // namespace rolecall::shell
