// Text of strangers (what servers, object keys and files say) made safe to show a person: on a
// terminal a control character can move the cursor, forge a line or set the window's title, and a
// mark that turns the direction makes one name look like another.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rolecall {

// False for control characters (C0, DEL, C1) and for marks that turn a line's direction or show as
// nothing.
bool is_shown(char32_t point);

enum class Lines : std::uint8_t {
  one,    // line feeds and tabs are escaped as well: a name, one line of a list
  kept,   // they stay: a text of several lines
  marked  // the same, and a line that begins with blanks gets a `|`, so that it passes for none of
          // ours
};
// `\n`, `\u001b`, `\u202e` in place of what is not shown; `\xff` for bytes that are no UTF-8.
std::string shown(std::string_view text, Lines lines = Lines::one);
// The same if `descriptor` is a terminal. A program at the other end of a pipe gets every byte.
std::string shown_on(int descriptor, std::string_view text, Lines lines = Lines::one);

}  // namespace rolecall
