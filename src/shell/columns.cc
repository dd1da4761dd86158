#include "shell/columns.h"

#include <algorithm>
#include <iterator>

namespace rolecall::shell {
namespace {

struct Range {
  char32_t first, last;
};

// East Asian wide and emoji, by blocks (Unicode's EastAsianWidth, W and F).
constexpr Range kWide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x26A1, 0x26A1},   {0x26D4, 0x26D4},   {0x2705, 0x2705},
    {0x274C, 0x274C},   {0x2753, 0x2757},   {0x2795, 0x2797},   {0x2B50, 0x2B50},
    {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F004, 0x1F004},
    {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F19A}, {0x1F200, 0x1F320}, {0x1F32D, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB}, {0x1F90C, 0x1FAFF}, {0x20000, 0x3FFFD}};
// Combining marks, joiners, variation selectors.
constexpr Range kNone[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},
                           {0x0610, 0x061A}, {0x064B, 0x065F}, {0x1AB0, 0x1AFF},
                           {0x1DC0, 0x1DFF}, {0x200B, 0x200D}, {0x20D0, 0x20FF},
                           {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};
// Marks that turn the direction of a line: a name could show as another one.
constexpr Range kHidden[] = {
    {0x200E, 0x200F}, {0x202A, 0x202E}, {0x2060, 0x2069}, {0xFEFF, 0xFEFF}};

template <std::size_t N>
bool is_in(const Range (&ranges)[N], char32_t point) {
  const Range* found = std::upper_bound(std::begin(ranges), std::end(ranges), point,
                                        [](char32_t p, const Range& r) { return p < r.first; });
  return found != std::begin(ranges) && point <= std::prev(found)->last;
}

// The length of the first code point; 0 when it is none.
std::size_t decode(std::string_view text, char32_t& point) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0x80   ? 1
                           : lead < 0xC2 ? 0
                           : lead < 0xE0 ? 2
                           : lead < 0xF0 ? 3
                           : lead < 0xF5 ? 4
                                         : 0;
  if (size == 0 || text.size() < size) return 0;
  point = size == 1 ? lead : lead & (0x7Fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return 0;
    point = (point << 6) | (byte & 0x3Fu);
  }
  const bool overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
  const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
  return overlong || surrogate || point > 0x10FFFF ? 0 : size;
}

}  // namespace

Glyph take_glyph(std::string_view& text) {
  char32_t point = 0;
  const std::size_t size = decode(text, point);
  const bool shown =
      size > 0 && point >= 0x20 && !(point >= 0x7F && point < 0xA0) && !is_in(kHidden, point);
  Glyph out{shown ? text.substr(0, size) : std::string_view("?"), 1};
  text.remove_prefix(std::max<std::size_t>(size, 1));
  if (shown && is_in(kNone, point)) out.columns = 0;
  if (shown && is_in(kWide, point)) out.columns = 2;
  return out;
}

std::size_t columns_of(std::string_view text) {
  std::size_t out = 0;
  while (!text.empty()) out += take_glyph(text).columns;
  return out;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  const bool fits = columns_of(text) <= columns;
  const std::size_t room = fits ? columns : columns - std::min<std::size_t>(columns, 1);
  std::string out;
  std::size_t taken = 0;
  while (!text.empty()) {
    const Glyph glyph = take_glyph(text);
    if (taken + glyph.columns > room) break;
    out += glyph.bytes;
    taken += glyph.columns;
  }
  if (!fits && columns > 0) out += "…";
  return out;
}

}  // namespace rolecall::shell
