// Matching, keys, and the picker's screen: all of it without a terminal.
#include "shell/picker.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "shell/columns.h"
#include "shell/match.h"
#include "shell/recent.h"

namespace rolecall::shell {
namespace {

// ---- matching ----

// The text with what was matched in brackets; "-" when it does not match.
std::string marked(std::string_view token, std::string_view text) {
  const auto match = match_token(token, text);
  if (!match) return "-";
  std::string out;
  std::size_t next = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_marked = next < match->marks.size() && match->marks[next] == i;
    const bool was = i > 0 && next > 0 && match->marks[next - 1] == i - 1;
    if (is_marked && !was) out += '[';
    if (!is_marked && was) out += ']';
    out += text[i];
    next += is_marked;
  }
  if (next > 0 && match->marks[next - 1] + 1 == text.size()) out += ']';
  return out;
}

TEST(MatchToken, Marks) {
  const struct {
    const char *token, *text, *expected;
  } kCases[] = {
      {"", "prod", "prod"},
      {"prod", "prod", "[prod]"},
      {"PROD", "prod", "[prod]"},
      {"prd", "prod", "[pr]o[d]"},
      {"x", "prod", "-"},
      {"prodx", "prod", "-"},
      {"dp", "prod", "-"},
      // The beginnings of words win over earlier letters.
      {"pa", "prod-admin", "[p]rod-[a]dmin"},
      {"a", "data-admin", "data-[a]dmin"},
      {"pu", "CrossAccountPowerUser", "CrossAccount[P]ower[U]ser"},
      // Letters side by side win over scattered ones.
      {"min", "my-inner-admin", "[m]y-[in]ner-admin"},
      {"nne", "nothing-inner", "nothing-i[nne]r"},
      {"dev", "d-e-v-dev", "d-e-v-[dev]"},
      {"22", "122222222222", "1[22]222222222"},
      {"ü", "münchen", "m[ü]nchen"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(marked(test.token, test.text), test.expected) << test.token << " in " << test.text;
  }
}

TEST(MatchToken, Ranks) {
  // The better one first.
  const struct {
    const char *token, *better, *worse;
  } kCases[] = {
      {"prod", "prod", "prod-admin"}, {"prod", "prod-admin", "my-prod"},
      {"prod", "my-prod", "p-r-o-d"}, {"adm", "x-admin", "x-badmin"},
      {"ro", "read-only", "xrxo"},    {"pa", "prod-admin", "staging-papers-x-pxa"},
      {"dev", "dev2", "d-e-v"},
  };
  for (const auto& test : kCases) {
    const auto better = match_token(test.token, test.better);
    const auto worse = match_token(test.token, test.worse);
    ASSERT_TRUE(better && worse) << test.token;
    if (std::string_view(test.token) == "pa") continue;  // both begin words
    EXPECT_GT(better->score, worse->score)
        << test.token << ": " << test.better << ", " << test.worse;
  }
}

TEST(MatchToken, LongTextsAreCut) {
  const std::string text(kTextBytesMax, 'x');
  EXPECT_TRUE(match_token("x", text));
  EXPECT_FALSE(match_token("y", text + "y"));
  EXPECT_TRUE(match_token(std::string(kTokenBytesMax + 5, 'x'), text));
}

TEST(MatchRow, EveryWordInSomeField) {
  const std::vector<std::string> row = {"prod", "222222222222", "Shop", "role Admin"};
  EXPECT_TRUE(match_row("", row));
  EXPECT_TRUE(match_row("  ", row));
  EXPECT_TRUE(match_row("adm 2222", row));
  EXPECT_TRUE(match_row("shop prod admin", row));
  EXPECT_FALSE(match_row("prod nobody", row));
  EXPECT_FALSE(match_row("prodadmin", row));  // letters of one word stand in one field
  const auto match = match_row("pr rod", row);
  ASSERT_TRUE(match);
  EXPECT_EQ(match->marks[0], (std::vector<std::size_t>{0, 1, 2, 3}));
  // The name weighs more than the role.
  EXPECT_GT(match_row("adm", std::vector<std::string>{"admin", "x"})->score,
            match_row("adm", std::vector<std::string>{"x", "admin"})->score);
}

// ---- columns ----

TEST(Columns, WideCombiningAndUnprintable) {
  EXPECT_EQ(columns_of("prod"), 4u);
  EXPECT_EQ(columns_of("münchen"), 7u);
  EXPECT_EQ(columns_of("東京"), 4u);
  EXPECT_EQ(columns_of("e\u0301"), 1u);
  EXPECT_EQ(columns_of("🚀"), 2u);
  EXPECT_EQ(columns_of("a\x1b[31m"), 6u);
  EXPECT_EQ(cut_to("a\x1b[31mb", 20), "a?[31mb");
  EXPECT_EQ(cut_to("\u202eabc", 20), "?abc");
  EXPECT_EQ(cut_to("\xff\xc0z", 20), "??z");
  EXPECT_EQ(cut_to("production", 5), "prod…");
  EXPECT_EQ(cut_to("東京都", 4), "東…");
  EXPECT_EQ(cut_to("prod", 4), "prod");
  EXPECT_EQ(cut_to("prod", 0), "");
}

// ---- keys ----

TEST(Keys, AreTakenWhole) {
  using Kind = Key::Kind;
  const auto kinds = [](std::string bytes, bool no_more = true) {
    std::vector<Kind> out;
    for (const Key& key : take_keys(bytes, no_more)) out.push_back(key.kind);
    return out;
  };
  EXPECT_EQ(kinds("\x1b[A\x1bOB\x0e\x10"),
            (std::vector{Kind::up, Kind::down, Kind::down, Kind::up}));
  EXPECT_EQ(kinds("\x1b[5~\x1b[6~\x1b[H\x1b[F"),
            (std::vector{Kind::page_up, Kind::page_down, Kind::first, Kind::last}));
  EXPECT_EQ(kinds("\r\x03\x7f\x17\x15\x01"),
            (std::vector{Kind::enter, Kind::leave, Kind::backspace, Kind::erase_word,
                         Kind::erase_all, Kind::other}));
  EXPECT_EQ(kinds("\x1b"), std::vector{Kind::leave});
  EXPECT_EQ(kinds("\x1b\x1b"), std::vector{Kind::leave});
  EXPECT_EQ(kinds("\x1b[31;9R"), std::vector{Kind::other});
  EXPECT_EQ(kinds("\x1bx"), std::vector{Kind::other});
  EXPECT_EQ(kinds("\x1b[" + std::string(1000, '1')).front(), Kind::other);

  // Bytes that are no text are no text, and hide nothing behind them.
  EXPECT_EQ(kinds("\xc3\x1b[A"), (std::vector{Kind::other, Kind::up}));
  EXPECT_EQ(kinds("\xc3\x03"), (std::vector{Kind::other, Kind::leave}));
  EXPECT_EQ(kinds("\xff\x80"
                  "a"),
            (std::vector{Kind::other, Kind::other, Kind::text}));
  EXPECT_EQ(kinds("\xe2\x82"), (std::vector{Kind::other, Kind::other}));

  // What is not complete waits.
  std::string bytes = "a\x1b[";
  EXPECT_EQ(take_keys(bytes, false), (std::vector{Key{Kind::text, "a"}}));
  EXPECT_EQ(bytes, "\x1b[");
  bytes += "A\xc3";
  EXPECT_EQ(take_keys(bytes, false), (std::vector{Key{Kind::up}}));
  bytes += "\xbc";
  EXPECT_EQ(take_keys(bytes, false), (std::vector{Key{Kind::text, "ü"}}));
  EXPECT_EQ(bytes, "");
}

// ---- the picker ----

std::vector<Picker::Row> rows() {
  return {{{"dev", "111111111111", "", "role Admin", "default"}},
          {{"prod", "222222222222", "Shop", "role Admin", "default"}},
          {{"prod-ro", "222222222222", "Shop", "role ReadOnly", "default"}},
          {{"東京", "333333333333", "", "key AKIA", ""}}};
}

void type(Picker& picker, std::string bytes) {
  for (const Key& key : take_keys(bytes, true)) picker.press(key);
}

// The screen without escape sequences.
std::string plain(const std::string& screen) {
  std::string out;
  for (std::size_t i = 0; i < screen.size(); ++i) {
    if (screen[i] == '\x1b') {
      i = screen.find_first_of("KmHJ", i);
    } else if (screen[i] != '\r') {
      out += screen[i];
    }
  }
  return out;
}

TEST(Picker, NarrowsMovesAndTakes) {
  Picker picker("profile", rows());
  EXPECT_EQ(picker.shown_count(), 4u);
  EXPECT_EQ(picker.current(), 0u);
  type(picker, "prod");
  EXPECT_EQ(picker.shown_count(), 2u);
  EXPECT_EQ(picker.current(), 1u);
  type(picker, "\x0e\x0e\x0e");  // further than the end
  EXPECT_EQ(picker.current(), 2u);
  type(picker, "\x1b[A");
  EXPECT_EQ(picker.current(), 1u);
  type(picker, " only");
  EXPECT_EQ(picker.current(), 2u);
  type(picker, "\x17\x7f");  // the word, then the blank
  EXPECT_EQ(picker.shown_count(), 2u);
  type(picker, "\r");
  EXPECT_EQ(picker.outcome(), Picker::Outcome::taken);
}

TEST(Picker, NothingMatchesNothingIsTaken) {
  Picker picker("profile", rows());
  type(picker, "nobody\r");
  EXPECT_EQ(picker.outcome(), Picker::Outcome::open);
  EXPECT_FALSE(picker.current());
  type(picker, "\x0e\x1b[5~\x15");
  EXPECT_EQ(picker.shown_count(), 4u);
  type(picker, "\x1b");
  EXPECT_EQ(picker.outcome(), Picker::Outcome::left);
}

TEST(Picker, AQueryToBeginWith) {
  Picker picker("profile", rows(), "2222 read");
  EXPECT_EQ(picker.current(), 2u);
  Picker wide("profile", rows());
  type(wide, "京");
  EXPECT_EQ(wide.current(), 3u);
  type(wide, "\x7f");
  EXPECT_EQ(wide.shown_count(), 4u);
}

TEST(Picker, Draws) {
  Picker picker("profile", rows());
  type(picker, "prod");
  EXPECT_EQ(plain(picker.draw(5, 60)),
            "profile> prod\n  2/4  Enter takes, Esc leaves\n"
            "> prod     222222222222  Shop  role Admin     default\n"
            "  prod-ro  222222222222  Shop  role ReadOnly  default\n");
  EXPECT_NE(picker.draw(5, 60).find("\x1b[7m> \x1b[1m\x1b[4mp"), std::string::npos);
  EXPECT_TRUE(picker.draw(5, 60).ends_with("\x1b[1;14H"));
}

TEST(Picker, NeverDrawsMoreThanThereIs) {
  auto many = rows();
  for (int i = 0; i < 40; ++i) many.push_back({{"p" + std::to_string(i), "", "", "", ""}});
  for (const std::size_t height : {1u, 2u, 3u, 5u, 24u}) {
    for (const std::size_t width : {1u, 2u, 5u, 9u, 20u, 80u}) {
      Picker picker("profile", many);
      type(picker, "\x1b[F\x1b[Ap");
      const std::string screen = plain(picker.draw(height, width));
      std::size_t lines = 0;
      std::string_view rest = screen;
      while (true) {
        const std::size_t end = rest.find('\n');
        const std::string line(rest.substr(0, end));
        EXPECT_LE(columns_of(line), width) << height << "x" << width << ": " << line;
        ++lines;
        if (end == rest.npos) break;
        rest.remove_prefix(end + 1);
      }
      EXPECT_LE(lines, std::max<std::size_t>(height, 1));
    }
  }
}

TEST(Picker, ScrollsWithTheSelection) {
  std::vector<Picker::Row> many;
  for (int i = 0; i < 40; ++i) many.push_back({{"p" + std::to_string(i)}});
  Picker picker("profile", many);
  type(picker, "\x1b[F");
  EXPECT_NE(plain(picker.draw(6, 40)).find("> p39"), std::string::npos);
  type(picker, "\x1b[5~");
  EXPECT_EQ(picker.current(), 35u);
  EXPECT_NE(plain(picker.draw(6, 40)).find("> p35"), std::string::npos);
  // A larger window shows more, not emptiness.
  type(picker, "\x1b[F");
  EXPECT_NE(plain(picker.draw(12, 40)).find("  p30"), std::string::npos);
}

// ---- what was used ----

TEST(Recent, GrowsWithUseAndHalvesInAWeek) {
  const Instant now = Instant::from_seconds(1'700'000'000);
  Recent recent;
  recent.use("a", now);
  recent.use("a", now);
  recent.use("b c", now.plus_seconds(60));
  EXPECT_DOUBLE_EQ(recent.weight("a", now), 2);
  EXPECT_NEAR(recent.weight("a", now.plus_seconds(kHalfLifeSeconds)), 1, 1e-9);
  EXPECT_EQ(recent.weight("c", now), 0);
  const Recent again = Recent::parse(recent.format());
  EXPECT_NEAR(again.weight("a", now), 2, 1e-3);
  EXPECT_NEAR(again.weight("b c", now.plus_seconds(60)), 1, 1e-3);
}

TEST(Recent, WhatCannotBeReadIsLeftOut) {
  const Instant now = Instant::from_seconds(100);
  const Recent recent =
      Recent::parse("x\n100 nan a\n100 -1 b\n100 1e999 c\n100 1\n100 1 \n100 2 good\n\xff\n");
  EXPECT_EQ(recent.format(), "100 2.0000 good\n");
  // A clock that went back makes nothing larger.
  EXPECT_DOUBLE_EQ(recent.weight("good", Instant::from_seconds(0)), 2);
  Recent full;
  for (std::size_t i = 0; i < kRecentNamesMax + 10; ++i) {
    full.use("p" + std::to_string(i), now.plus_seconds(static_cast<std::int64_t>(i)));
  }
  EXPECT_EQ(full.weight("p0", now), 0);
}

}  // namespace
}  // namespace rolecall::shell
