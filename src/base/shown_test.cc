// What strangers say cannot act on a terminal.
#include "base/shown.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/json.h"

namespace rolecall {
namespace {

TEST(Shown, EscapesWhatActs) {
  const struct {
    std::string_view text, one, marked;
  } kCases[] = {
      {"", "", ""},
      {"plain text `as it is` \\", "plain text `as it is` \\", "plain text `as it is` \\"},
      {"größer 漢字 🙂", "größer 漢字 🙂", "größer 漢字 🙂"},
      {"a\x1b]0;title\x07z", "a\\u001b]0;title\\u0007z", "a\\u001b]0;title\\u0007z"},
      {"no\n  fake note: all is well", "no\\n  fake note: all is well",
       "no\n|   fake note: all is well"},
      {"two\nlines\tand a tab", "two\\nlines\\tand a tab", "two\nlines\tand a tab"},
      {"over\rwritten", "over\\rwritten", "over\\rwritten"},
      {"c1 \xc2\x9b 31m", "c1 \\u009b 31m", "c1 \\u009b 31m"},
      {"\x7f", "\\u007f", "\\u007f"},
      {"evil\xe2\x80\xaegpj.exe", "evil\\u202egpj.exe", "evil\\u202egpj.exe"},
      {"\xff\xc3", "\\xff\\xc3", "\\xff\\xc3"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(shown(c.text), c.one);
    EXPECT_EQ(shown(c.text, Lines::marked), c.marked);
  }
}

// Every code point there is: what comes out holds nothing that is not shown, and JSON reads it
// back.
TEST(Shown, HoldsForEveryCodePoint) {
  for (char32_t point = 0; point <= 0x10FFFF; ++point) {
    if (point >= 0xD800 && point < 0xE000) continue;
    std::string text = "a";
    append_utf8(text, point);
    const std::string out = shown(text);
    std::string quoted;
    json::append_quoted(quoted, text);
    for (const std::string& each : {out, quoted}) {
      for (std::size_t at = 0; at < each.size();) {
        const auto next = next_utf8(each, at);
        ASSERT_TRUE(next && is_shown(*next)) << static_cast<std::uint32_t>(point);
      }
    }
    const auto read = json::parse(quoted);
    ASSERT_TRUE(read && read->text() == text) << static_cast<std::uint32_t>(point);
  }
}

}  // namespace
}  // namespace rolecall
