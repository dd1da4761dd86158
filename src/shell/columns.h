// How wide text is on a terminal, and text that is safe to show there.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rolecall::shell {

// One code point of UTF-8 text: its bytes, and its columns (0 combining, 2 wide). Bytes that are no
// UTF-8, and control characters, count as one column and are shown as `?`.
struct Glyph {
  std::string_view bytes;
  std::size_t columns;
};
// Takes the first glyph off `text`, which must not be empty.
Glyph take_glyph(std::string_view& text);

std::size_t columns_of(std::string_view text);
// The beginning of `text` that has room, with `…` where something was cut off.
std::string cut_to(std::string_view text, std::size_t columns);

}  // namespace rolecall::shell
