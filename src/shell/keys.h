// What was typed: bytes from a terminal → keys.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rolecall::shell {

struct Key {
  enum class Kind : std::uint8_t {
    text,  // a code point, in `text`
    up,
    down,
    page_up,
    page_down,
    first,
    last,
    enter,
    leave,  // Esc, Ctrl-C, Ctrl-D, Ctrl-G
    backspace,
    erase_word,  // Ctrl-W
    erase_all,   // Ctrl-U
    other        // known to be something, and nothing to us
  } kind;
  std::string text = {};
  bool operator==(const Key&) const = default;
};

// Takes whole keys off the front of `bytes` and leaves the beginning of one that is not complete.
// `no_more`: nothing followed for a moment, so an Esc that stands alone is that key.
std::vector<Key> take_keys(std::string& bytes, bool no_more);

}  // namespace rolecall::shell
