#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/random.h"
#include "base/secret.h"
#include "base/time.h"

namespace rolecall {
namespace {

TEST(Encoding, Base64RoundTripsAndRefuses) {
  for (const std::string text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    EXPECT_EQ(base64_decode(base64_encode(text)), text);
    EXPECT_EQ(base64url_decode(base64url_encode(text)), text);
    EXPECT_EQ(base32_decode(base32_encode(text)), text);
  }
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_encode("fooba"), "Zm9vYmE=");
  EXPECT_FALSE(base64_decode("Zm9vYmE"));   // padding missing
  EXPECT_FALSE(base64_decode("Zm9vYmF="));  // trailing bits set
  EXPECT_FALSE(base64_decode("Zm 9"));
  EXPECT_EQ(base32_encode("foobar"), "MZXW6YTBOI");
}

TEST(Encoding, PercentCoding) {
  EXPECT_EQ(percent_encode("a b/c~"), "a%20b%2Fc~");
  EXPECT_EQ(percent_encode("a b/c~", Slash::keep), "a%20b/c~");
  EXPECT_EQ(percent_decode("a+b%2f", Plus::space), "a b/");
  EXPECT_EQ(percent_decode("a+b", Plus::literal), "a+b");
  EXPECT_FALSE(percent_decode("%4"));
  EXPECT_FALSE(percent_decode("%zz"));
}

TEST(Encoding, Utf8RefusesOverlongAndSurrogates) {
  EXPECT_TRUE(is_valid_utf8("gr\u00FC\u00DFe \U0001F600"));
  EXPECT_FALSE(is_valid_utf8("\xC0\x80"));
  EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_valid_utf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(is_valid_utf8("\xE2\x82"));
}

TEST(Time, FormatsAndParses) {
  const Instant at = Instant::from_seconds(1795323217);
  EXPECT_EQ(format_iso8601(at), "2026-11-22T04:53:37Z");
  EXPECT_EQ(format_basic(at), "20261122T045337Z");
  EXPECT_EQ(format_http_date(at), "Sun, 22 Nov 2026 04:53:37 GMT");
  EXPECT_EQ(parse_iso8601("2026-11-22T04:53:37Z"), at);
  EXPECT_EQ(parse_iso8601("2026-11-22T06:53:37+02:00"), at);
  EXPECT_EQ(parse_basic("20261122T045337Z"), at);
  EXPECT_EQ(parse_http_date("Sun, 22 Nov 2026 04:53:37 GMT"), at);
  EXPECT_EQ(parse_http_date("Sunday, 22-Nov-26 04:53:37 GMT"), at);
  EXPECT_EQ(parse_http_date("Sun Nov 22 04:53:37 2026"), at);
  EXPECT_EQ(format_iso8601(Instant::from_seconds(-1)), "1969-12-31T23:59:59Z");
  for (const char* bad :
       {"", "2026-13-01", "2026-02-30", "2026-11-22T25:00:00Z", "2026-11-22 04:53",
        "2026-11-22T04:53:37.Z", "20261122", "2026-11-22T04:53:37Zx"}) {
    EXPECT_FALSE(parse_iso8601(bad)) << bad;
  }
}

TEST(Ids, AccountIdIsTwelveDigits) {
  EXPECT_EQ(AccountId::parse("000000000042")->text(), "000000000042");
  EXPECT_FALSE(AccountId::parse("42"));
  EXPECT_FALSE(AccountId::parse("00000000004x"));
  EXPECT_TRUE(AccountId().empty());
}

TEST(Ids, ArnKeepsColonsInTheResource) {
  const auto arn = ArnView::parse("arn:aws:sns:eu-west-1:111111111111:topic:sub:1");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->resource, "topic:sub:1");
  EXPECT_EQ(ArnView::parse("arn:aws:iam::1:role/a/b")->resource_name(), "b");
  EXPECT_EQ(ArnView::parse("arn:aws:iam::1:role/a/b")->resource_type(), "role");
  EXPECT_FALSE(ArnView::parse("arn:aws:iam"));
  EXPECT_FALSE(ArnView::parse("urn:aws:iam::1:x"));
}

TEST(Json, EveryPlaceInAStringIsLookedAt) {  // read eight bytes at a time
  for (std::size_t i = 0; i < 20; ++i) {
    const std::string before(i, 'x'), after(20 - i, 'y');
    for (const char* bad : {"\n", "\x01", "\x1f", "\x80", "\xff", "\xc3"}) {
      EXPECT_FALSE(json::parse("\"" + before + bad + after + "\"")) << i;
    }
    for (const char* good : {" ", "~", "\x7f", "!", "#", "[", "]", "\xc3\xa9"}) {
      const auto value = json::parse("\"" + before + good + after + "\"");
      ASSERT_TRUE(value) << i << good;
      EXPECT_EQ(value->text(), before + good + after);
    }
    const auto escaped = json::parse("\"" + before + "\\\"" + after + "\"");
    ASSERT_TRUE(escaped);
    EXPECT_EQ(escaped->text(), before + '"' + after);
    EXPECT_FALSE(json::parse("\"" + before + "\"" + after + "\""));
  }
}

TEST(Json, KeepsDuplicatesNumbersAndPositions) {
  const auto doc = json::parse("{\n  \"a\": 1.0,\n  \"a\": [true, null]\n}");
  ASSERT_TRUE(doc);
  ASSERT_EQ(doc->members().size(), 2u);
  EXPECT_EQ(doc->members()[0].value.text(), "1.0");
  EXPECT_EQ(doc->members()[1].name_position, (json::Position{3, 3}));
  EXPECT_EQ(doc->dump(), "{\"a\":1.0,\"a\":[true,null]}");
}

TEST(Json, RefusesWhatIsNotJson) {
  const std::pair<const char*, const char*> cases[] = {
      {"{\"a\":1,}", "a trailing comma before `}`; JSON has none"},
      {"[1,]", "a trailing comma before `]`; JSON has none"},
      {"{\u201Ca\u201D:1}", "a curly quote; JSON strings take straight quotes (\")"},
      {"{} # x", "a comment; JSON has none"},
      {"{'a':1}", "a single quote; JSON strings take double quotes (\")"},
      {"\"\\ud800\"", "half of a surrogate pair"},
      {"\"a\nb\"", "a line break inside a string"},
      {"01", "a number with a leading zero"},
      {"\xEF\xBB\xBF{}", "a byte order mark before the document"},
  };
  for (const auto& [text, message] : cases) {
    const auto doc = json::parse(text);
    ASSERT_FALSE(doc) << text;
    EXPECT_EQ(doc.error().message, message);
  }
  EXPECT_FALSE(json::parse("{}{}"));
  EXPECT_FALSE(json::parse(""));
  EXPECT_FALSE(json::parse("nul"));
  EXPECT_FALSE(json::parse(std::string(33, '[') + std::string(33, ']')));
  EXPECT_TRUE(json::parse(std::string(32, '[') + std::string(32, ']')));
}

TEST(Json, WriterEscapes) {
  std::string out;
  json::Writer w(out);
  w.begin_object()
      .member("k\"", "a\n\x01")
      .key("n")
      .integer(-5)
      .key("l")
      .begin_array()
      .boolean(true);
  w.null().end_array().end_object();
  EXPECT_EQ(out, "{\"k\\\"\":\"a\\n\\u0001\",\"n\":-5,\"l\":[true,null]}");
}

TEST(Random, SeededIsRepeatableAndSpread) {
  auto a = make_seeded_random(7), b = make_seeded_random(7);
  EXPECT_EQ(a->text(20, kUpperAlnum), b->text(20, kUpperAlnum));
  EXPECT_EQ(make_system_random()->uuid().size(), 36u);
  EXPECT_NE(make_system_random()->next_u64(), make_system_random()->next_u64());
}

TEST(Secret, MovedFromIsEmpty) {
  Secret a(std::string("0123456789abcdef0123456789"));
  const Secret b = std::move(a);
  EXPECT_EQ(b.reveal(), "0123456789abcdef0123456789");
  EXPECT_TRUE(a.empty());  // NOLINT: the moved-from state is what is tested
}

}  // namespace
}  // namespace rolecall
