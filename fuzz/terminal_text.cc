// Any bytes as what a person types or as what stands in a profile's name: keys, a line being
// completed, a prompt's template, the list of recent profiles, and the picker that shows them.
#include <cstdlib>

#include "shell/columns.h"
#include "shell/config_lines.h"
#include "shell/keys.h"
#include "shell/line.h"
#include "shell/match.h"
#include "shell/picker.h"
#include "shell/prompt.h"
#include "shell/recent.h"

namespace {

void check(bool good) {
  if (!good) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rolecall::shell;
  const std::string text(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 4096));

  // Half the bytes are rows of the picker, the others typed into it.
  const std::string names = text.substr(0, text.size() / 2);
  std::string typed = text.substr(text.size() / 2);
  std::vector<Picker::Row> rows;
  for (std::size_t at = 0; at < names.size(); at += 16) {
    rows.push_back({{names.substr(at, 12), names.substr(std::min(at + 12, names.size()), 4)}});
  }
  Picker picker("x", std::move(rows));
  const auto keys = take_keys(typed, true);
  check(typed.empty());
  for (const Key& key : keys) {
    picker.press(key);
    if (picker.shown_count() > 0) check(picker.current().has_value());
  }
  for (const std::size_t columns : {1u, 7u, 80u}) {
    // Nothing of a name reaches the terminal as a control character.
    const std::string screen = picker.draw(6, columns);
    for (std::size_t i = 0; i + 1 < screen.size(); ++i) {
      if (screen[i] == '\x1b') check(screen[i + 1] == '[');
    }
    check(columns_of(cut_to(names, columns)) <= columns);
  }

  const auto match = match_token(names.substr(0, 8), text);
  if (match) {
    for (std::size_t i = 1; i < match->marks.size(); ++i) {
      check(match->marks[i - 1] < match->marks[i] && match->marks[i] < text.size());
    }
  }
  check(!split_line(text).empty());
  const std::string kept = Recent::parse(text).format();
  check(Recent::parse(kept).format() == kept);
  static_cast<void>(ConfigLines::of(text));
  static_cast<void>(format_prompt(text, {"p", "1", "r", "", 5}));
  return 0;
}
