#include "base/shown.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "base/encoding.h"

namespace rolecall {
namespace {

struct Range {
  char32_t first, last;
};
// Marks that turn the direction of a line, separators of lines, joiners of words that show as
// nothing.
constexpr Range kHidden[] = {{0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x2069},
                             {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0001, 0xE007F}};

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

void append_escape(std::string& out, char32_t point) {
  const auto value = static_cast<std::uint32_t>(point);
  if (point == '\n') {
    out += "\\n";
  } else if (point == '\t') {
    out += "\\t";
  } else if (point == '\r') {
    out += "\\r";
  } else {
    out += fmt::format("\\u{:04x}", value);
  }
}

}  // namespace

bool is_shown(char32_t point) {
  if (point < 0x20 || (point >= 0x7F && point < 0xA0)) return false;
  return std::none_of(std::begin(kHidden), std::end(kHidden),
                      [point](Range r) { return point >= r.first && point <= r.last; });
}

std::string shown(std::string_view text, Lines lines) {
  if (is_plain(text)) return std::string(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t before = at;
    const auto point = next_utf8(text, at);
    if (!point) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[before]));
      at = before + 1;
    } else if (is_shown(*point)) {
      out.append(text.substr(before, at - before));
    } else if (lines != Lines::one && (*point == '\n' || *point == '\t')) {
      out += text[before];
      const bool blank_next = at < text.size() && (text[at] == ' ' || text[at] == '\t');
      if (lines == Lines::marked && *point == '\n' && blank_next) out += "| ";
    } else {
      append_escape(out, *point);
    }
  }
  return out;
}

std::string shown_on(int descriptor, std::string_view text, Lines lines) {
  return ::isatty(descriptor) == 1 ? shown(text, lines) : std::string(text);
}

}  // namespace rolecall
