#include "shell/line.h"

namespace rolecall::shell {

std::vector<std::string> split_line(std::string_view line) {
  std::vector<std::string> out(1);
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else if (c == '\\' && quote == '"' && i + 1 < line.size()) {
        out.back().push_back(line[++i]);
      } else {
        out.back().push_back(c);
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == '\\') {
      if (i + 1 < line.size()) out.back().push_back(line[++i]);
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      if (in_word) out.emplace_back();
      in_word = false;
    } else if (c == ';' || c == '|' || c == '&') {
      out.assign(1, {});
      in_word = false;
    } else {
      out.back().push_back(c);
      in_word = true;
    }
  }
  return out;
}

}  // namespace rolecall::shell
