#include "shell/keys.h"

#include <algorithm>
#include <optional>

namespace rolecall::shell {
namespace {

using Kind = Key::Kind;
constexpr std::size_t kSequenceBytesMax = 32;  // no key of any terminal sends more

struct Sequence {
  std::string_view bytes;  // behind ESC
  Kind kind;
};
constexpr Sequence kSequences[] = {
    {"[A", Kind::up},           {"OA", Kind::up},         {"[B", Kind::down},  {"OB", Kind::down},
    {"[5~", Kind::page_up},     {"[6~", Kind::page_down}, {"[H", Kind::first}, {"OH", Kind::first},
    {"[1~", Kind::first},       {"[F", Kind::last},       {"OF", Kind::last},  {"[4~", Kind::last},
    {"\x7f", Kind::erase_word},
};

Kind control_kind(char c) {
  switch (c) {
    case '\r':
    case '\n':
      return Kind::enter;
    case 0x03:  // Ctrl-C
    case 0x04:  // Ctrl-D
    case 0x07:  // Ctrl-G
      return Kind::leave;
    case 0x08:
    case 0x7f:
      return Kind::backspace;
    case 0x0b:  // Ctrl-K
    case 0x10:  // Ctrl-P
      return Kind::up;
    case 0x0e:  // Ctrl-N
      return Kind::down;
    case 0x15:
      return Kind::erase_all;
    case 0x17:
      return Kind::erase_word;
    default:
      return Kind::other;
  }
}

// The bytes of the sequence that begins with ESC; 0: not complete.
std::size_t sequence_size(std::string_view bytes) {
  if (bytes.size() < 2) return 0;
  if (bytes[1] == 'O') return bytes.size() < 3 ? 0 : 3;
  if (bytes[1] != '[') return 2;
  for (std::size_t i = 2; i < bytes.size(); ++i) {
    if (bytes[i] >= 0x40 && bytes[i] <= 0x7e) return i + 1;
    if (i >= kSequenceBytesMax) return i + 1;
  }
  return 0;
}

// A code point at the front of `bytes`: its size, 0 when it is not complete, nullopt when these
// bytes are none (a control byte must not hide behind a leading one).
std::optional<std::size_t> point_size(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (lead < 0x80) return 1;
  if (lead < 0xC0 || lead > 0xF7) return std::nullopt;
  const std::size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  for (std::size_t i = 1; i < size; ++i) {
    if (i == bytes.size()) return 0;
    if ((static_cast<unsigned char>(bytes[i]) & 0xC0) != 0x80) return std::nullopt;
  }
  return size;
}

}  // namespace

std::vector<Key> take_keys(std::string& bytes, bool no_more) {
  std::vector<Key> out;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    if (rest[0] == 0x1b) {
      const std::size_t size = sequence_size(rest);
      if (size == 0) {
        if (!no_more) break;
        out.push_back({Kind::leave});
        rest = {};
        break;
      }
      const auto found =
          std::find_if(std::begin(kSequences), std::end(kSequences),
                       [&](const Sequence& s) { return s.bytes == rest.substr(1, size - 1); });
      // Two Esc in a row: somebody wants to leave.
      const Kind other = rest[1] == 0x1b ? Kind::leave : Kind::other;
      out.push_back({found == std::end(kSequences) ? other : found->kind});
      rest.remove_prefix(size);
    } else if (static_cast<unsigned char>(rest[0]) < 0x20 || rest[0] == 0x7f) {
      out.push_back({control_kind(rest[0])});
      rest.remove_prefix(1);
    } else {
      const auto size = point_size(rest);
      if (size == 0 && !no_more) break;
      const std::size_t taken = size.value_or(0);
      out.push_back(taken > 0 ? Key{Kind::text, std::string(rest.substr(0, taken))}
                              : Key{Kind::other});
      rest.remove_prefix(std::max(taken, std::size_t{1}));
    }
  }
  bytes.erase(0, bytes.size() - rest.size());
  return out;
}

}  // namespace rolecall::shell
