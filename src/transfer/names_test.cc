// Names and numbers: paths, patterns, types, sizes, parts, options.
#include <gtest/gtest.h>
#include <unistd.h>

#include "client/failure.h"
#include "transfer/filters.h"
#include "transfer/mime.h"
#include "transfer/options.h"
#include "transfer/parts.h"
#include "transfer/places.h"
#include "transfer/size_text.h"

namespace rolecall::transfer {
namespace {

TEST(Filters, MatchAsPythonsFnmatch) {
  const struct {
    std::string_view pattern, text;
    bool matches;
  } kCases[] = {
      {"*", "", true},
      {"*", "a/b/c", true},
      {"*.txt", "a/b.txt", true},
      {"*.txt", "a/b.txt.gz", false},
      {"a?c", "abc", true},
      {"a?c", "ac", false},
      {"a?c", "a/c", true},
      {"?", "ü", true},
      {"??", "ü", false},
      {"[abc]", "b", true},
      {"[abc]", "d", false},
      {"[!abc]", "d", true},
      {"[!abc]", "a", false},
      {"[a-c]x", "bx", true},
      {"[c-a]x", "bx", false},
      {"[!c-a]", "b", true},
      {"[]]", "]", true},
      {"[!]]", "]", false},
      {"[a-]", "-", true},
      {"[-a]", "-", true},
      {"[a-c-e]", "d", false},
      {"[a-c-e]", "-", true},
      {"[", "[", true},
      {"[a", "[a", true},
      {"[!", "[!", true},
      {"[]", "[]", true},
      {"[ä-ü]", "ö", true},
      {"[^a]", "^", true},
      {"[[]", "[", true},
      {"[\\]", "\\", true},
      {"A", "a", false},
      {"a.c", "abc", false},
      {"a*b*c", "aXbYbZc", true},
      {"a*b*c", "aXbYbZ", false},
      {"**a", "bba", true},
      {"\xff", "\xff", true},
      {"?", "\xff", true},
      {"a\nb*", "a\nbc", true},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(matches_pattern(c.pattern, c.text), c.matches) << c.pattern << " | " << c.text;
  }
  // Many stars cost time, not exponential time.
  EXPECT_FALSE(matches_pattern(std::string(200, '*') + "a*a*a*a*a*a*b", std::string(5000, 'a')));
}

TEST(Filters, TheLastMatchDecides) {
  const auto filter = [](std::vector<FilterRule> rules) {
    return Filter(rules, "bucket/p", "/home/x");
  };
  EXPECT_TRUE(filter({}).includes("bucket/p/a"));
  EXPECT_FALSE(filter({{false, "*"}}).includes("bucket/p/a"));
  EXPECT_TRUE(filter({{false, "*"}, {true, "*.txt"}}).includes("bucket/p/a.txt"));
  EXPECT_FALSE(filter({{true, "*.txt"}, {false, "*"}}).includes("bucket/p/a.txt"));
  // Patterns hang from either root, so that sync --delete spares what is excluded.
  EXPECT_FALSE(filter({{false, "a"}}).includes("/home/x/a"));
  EXPECT_TRUE(filter({{false, "a"}}).includes("bucket/q/a"));
  EXPECT_FALSE(filter({{false, "/abs*"}}).includes("/absolute"));
}

TEST(Filters, RootOfPatterns) {
  EXPECT_EQ(filter_root("s3://b/p/k", true), "b/p/k");
  EXPECT_EQ(filter_root("s3://b/p/k", false), "b/p");
  EXPECT_EQ(filter_root("s3://b/p/", false), "b/p/");
  EXPECT_EQ(filter_root("s3://b/", true), "b/");
  EXPECT_EQ(filter_root("/a/b", true), "/a/b");
  EXPECT_EQ(filter_root("/a/b", false), "/a");
}

TEST(Places, SplitsBucketAndKey) {
  EXPECT_EQ(split_s3_path("b/k/l"), (S3Path{"b", "k/l"}));
  EXPECT_EQ(split_s3_path("b/"), (S3Path{"b", ""}));
  EXPECT_EQ(split_s3_path("b"), (S3Path{"b", ""}));
  EXPECT_EQ(split_s3_path(""), (S3Path{"", ""}));
  EXPECT_EQ(split_s3_path("b//k"), (S3Path{"b", "/k"}));
  const std::string point = "arn:aws:s3:us-west-2:123456789012:accesspoint/name";
  EXPECT_EQ(split_s3_path(point + "/a/b"), (S3Path{point, "a/b"}));
  EXPECT_EQ(split_s3_path(point), (S3Path{point, ""}));
}

TEST(Places, RefusesWhatS3CommandsCannotReach) {
  EXPECT_TRUE(check_s3_path("s3://bucket/key"));
  EXPECT_TRUE(check_s3_path("s3://bucket/arn:aws:s3:x"));
  for (const std::string_view path :
       {"arn:aws:s3-object-lambda:us-west-2:123456789012:accesspoint/x",
        "s3://arn:aws:s3-outposts:us-west-2:123456789012:outpost/op-1/bucket/b",
        "s3://arn:aws:s3:us-west-2:123456789012:accesspoint/x/k"}) {
    const auto status = check_s3_path(path);
    ASSERT_FALSE(status) << path;
    EXPECT_EQ(client::exit_status(status.error()), client::kExitUsage);
  }
}

TEST(Places, PathsOfTextAlone) {
  const struct {
    std::string_view path, normal;
  } kCases[] = {
      {"", "."},
      {".", "."},
      {"a/./b//c", "a/b/c"},
      {"a/../b", "b"},
      {"../a", "../a"},
      {"a/../../b", "../b"},
      {"/..", "/"},
      {"/../a", "/a"},
      {"//a", "//a"},
      {"///a", "/a"},
      {"a/", "a"},
      {"..", ".."},
      {"a/..", "."},
      {"../../x", "../../x"},
  };
  for (const auto& c : kCases) EXPECT_EQ(normal_path(c.path), c.normal) << c.path;
  char here[4096];
  ASSERT_NE(::getcwd(here, sizeof here), nullptr);
  const std::string folder = here;
  EXPECT_EQ(absolute_path("x/../y"), folder + "/y");
  EXPECT_EQ(relative_path(folder + "/a"), "./a");
  EXPECT_EQ(relative_path(folder + "/d/a"), "d/a");
  EXPECT_EQ(relative_path(folder.substr(0, folder.rfind('/')) + "/a"), "../a");
  EXPECT_EQ(relative_path(folder + "/"), "./");
}

TEST(Places, NamesAtTheTarget) {
  const auto named = [](std::string_view source, std::string_view target, bool folder,
                        std::string_view path) {
    return name_at_target(make_ends(source, target, folder), path);
  };
  EXPECT_EQ(named("/d/a", "s3://b/k", false, "/d/a").target, "b/k");
  EXPECT_EQ(named("/d/a", "s3://b/p/", false, "/d/a").target, "b/p/a");
  EXPECT_EQ(named("/d", "s3://b/p", true, "/d/x/y").target, "b/p/x/y");
  EXPECT_EQ(named("/d", "s3://b/p", true, "/d/x/y").key, "x/y");
  EXPECT_EQ(named("s3://b/p", "/no-such-place", true, "b/p/x").target, "/no-such-place/x");
  EXPECT_EQ(named("s3://b/p/x", "/no-such-place", false, "b/p/x").target, "/no-such-place");
  EXPECT_EQ(named("s3://b/p/x", "/no-such-place/", false, "b/p/x").target, "/no-such-place/x");
  EXPECT_EQ(named("s3://b/p/x", "/", false, "b/p/x").key, "x");
  EXPECT_EQ(named("s3://b/", "s3://c/q", true, "b/p/x").target, "c/q/p/x");
}

TEST(Places, KeysThatLeadOutside) {
  for (const std::string_view key :
       {"../x", "a/../../x", "..", "./../x", "a/../..", "/..", "//../x", "/a/../../x"}) {
    EXPECT_TRUE(leads_outside(key)) << key;
  }
  EXPECT_TRUE(leads_outside(std::string_view("a\0b", 3)));
  for (const std::string_view key : {"x", "a/../x", "..x", "a/..", "/etc/passwd", "...", "a..b"}) {
    EXPECT_FALSE(leads_outside(key)) << key;
  }
}

TEST(Mime, GuessesAsPythonDoes) {
  const MimeTypes types = MimeTypes::of("# comment\nx/y  abc d-e # more\nbroken\n\ntext/own txt\n");
  const struct {
    std::string_view path, type;
  } kCases[] = {
      {"/a/b.html", "text/html"},
      {"b.HTML", "text/html"},
      {"b.abc", "x/y"},
      {"b.d-e", "x/y"},
      {"b.txt", "text/own"},
      {"b.tar.gz", "application/x-tar"},
      {"b.tgz", "application/x-tar"},
      {"b.txt.gz", "text/own"},
      {"b.gz", ""},
      {"b", ""},
      {".txt", ""},
      {"..txt", ""},
      {"a.b/c", ""},
      {"b.json", "application/json"},
      {"b.svgz", "image/svg+xml"},
      {"b.unknown-ending", ""},
      {"", ""},
  };
  for (const auto& c : kCases) EXPECT_EQ(types.guess(c.path).value_or(""), c.type) << c.path;
}

TEST(SizeText, AsTheAwsCliPrintsIt) {
  const struct {
    double bytes;
    std::string_view text;
  } kCases[] = {
      {0, "0 Bytes"},
      {1, "1 Byte"},
      {10, "10 Bytes"},
      {1023, "1023 Bytes"},
      {1024, "1.0 KiB"},
      {1536, "1.5 KiB"},
      {1048575, "1.0 MiB"},
      {1048576, "1.0 MiB"},
      {8388608, "8.0 MiB"},
      {1234567, "1.2 MiB"},
      {5e12, "4.5 TiB"},
      {1.9, "1 Bytes"},
      {5497558138880.0, "5.0 TiB"},
  };
  for (const auto& c : kCases) EXPECT_EQ(human_size(c.bytes), c.text) << c.bytes;
}

TEST(SizeText, ReadsSettings) {
  EXPECT_EQ(parse_size("1024").value_or(0), 1024u);
  EXPECT_EQ(parse_size("8MB").value_or(0), 8u << 20);
  EXPECT_EQ(parse_size("8mib").value_or(0), 8u << 20);
  EXPECT_EQ(parse_size("64KiB").value_or(0), 64u << 10);
  EXPECT_EQ(parse_size("2TB").value_or(0), 2ull << 40);
  for (const std::string_view text : {"", "MB", "x", "1.5MB", "-1", "99999999999TB", "8XB"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(Parts, StayWithinS3sLimits) {
  constexpr std::uint64_t kMiB = 1 << 20;
  EXPECT_EQ(part_size(8 * kMiB, 100 * kMiB), 8 * kMiB);
  EXPECT_EQ(part_size(1 * kMiB, 100 * kMiB), 5 * kMiB);
  EXPECT_EQ(part_size(8 * kMiB, std::nullopt), 8 * kMiB);
  EXPECT_EQ(part_size(8 * kMiB, 80'000 * kMiB), 8 * kMiB);
  EXPECT_EQ(part_size(8 * kMiB, 80'001 * kMiB), 16 * kMiB);
  EXPECT_EQ(part_size(1ull << 40, 1), kPartBytesMax);
  EXPECT_EQ(part_size(8 * kMiB, kObjectBytesMax), 1024 * kMiB);
  EXPECT_LE(part_count(kObjectBytesMax, part_size(8 * kMiB, kObjectBytesMax)), kPartsMax);
  EXPECT_EQ(part_count(0, 5), 1u);
  EXPECT_EQ(part_count(10, 5), 2u);
  EXPECT_EQ(part_count(11, 5), 3u);
}

Result<TransferOptions> options_of(std::vector<std::string> words, Command command = Command::cp) {
  RC_TRY(const Parsed parsed, parse_words(words, command));
  return read_options(parsed);
}

std::string refusal(std::vector<std::string> words, Command command = Command::cp) {
  const auto options = options_of(std::move(words), command);
  if (options) return "accepted";
  EXPECT_EQ(client::exit_status(options.error()), client::kExitUsage);
  return client::failure_text(options.error());
}

TEST(Options, FiltersKeepTheirOrder) {
  const auto options = options_of({"a", "s3://b", "--exclude", "*", "--include=*.txt", "--exclude",
                                   "x*", "--recursive", "--sse"});
  ASSERT_TRUE(options);
  ASSERT_EQ(options->filters.size(), 3u);
  EXPECT_FALSE(options->filters[0].include);
  EXPECT_TRUE(options->filters[1].include);
  EXPECT_EQ(options->filters[1].pattern, "*.txt");
  EXPECT_EQ(options->filters[2].pattern, "x*");
  EXPECT_TRUE(options->recursive);
  EXPECT_EQ(options->sse, "AES256");
}

TEST(Options, Values) {
  const auto options = options_of({"-",
                                   "s3://b/k",
                                   "--metadata",
                                   "a=1,b='x,y',c=\"q\\\"\"",
                                   "--grants",
                                   "read=id=1",
                                   "full=uri=u,id=2",
                                   "--acl",
                                   "private",
                                   "--expires",
                                   "2026-01-02T03:04:05Z",
                                   "--expected-size",
                                   "123",
                                   "--no-follow-symlinks",
                                   "--copy-props",
                                   "none",
                                   "--sse-c",
                                   "--sse-c-key",
                                   "k",
                                   "--profile",
                                   "p"});
  ASSERT_TRUE(options) << client::failure_text(options.error());
  EXPECT_EQ(options->metadata->at("a"), "1");
  EXPECT_EQ(options->metadata->at("b"), "x,y");
  EXPECT_EQ(options->metadata->at("c"), "q\"");
  EXPECT_EQ(options->grants.at("full"), "uri=u,id=2");
  EXPECT_EQ(format_iso8601(*options->expires), "2026-01-02T03:04:05Z");
  EXPECT_EQ(options->expected_size, 123u);
  EXPECT_FALSE(options->follow_symlinks);
  EXPECT_EQ(options->copy_props, CopyProps::none);
  EXPECT_EQ(options->customer_key->algorithm, "AES256");
  const auto json = parse_map("--metadata", R"({"a": "b"})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->at("a"), "b");
}

TEST(Options, Refusals) {
  EXPECT_EQ(refusal({"a", "s3://b", "--nonsense"}), "Unknown options: --nonsense");
  EXPECT_EQ(refusal({"a", "s3://b", "c"}), "Unknown options: c");
  EXPECT_NE(refusal({"a"}).find("the following arguments are required: paths"), std::string::npos);
  EXPECT_EQ(refusal({"a", "b", "--exclude"}), "argument --exclude: expected one argument");
  EXPECT_EQ(refusal({"a", "b", "--quiet=1"}), "argument --quiet: ignored explicit argument '1'");
  EXPECT_NE(refusal({"a", "b", "--acl", "x"}).find("Invalid choice"), std::string::npos);
  EXPECT_NE(refusal({"a", "b", "--page-size", "x"}).find("invalid literal"), std::string::npos);
  EXPECT_NE(refusal({"a", "b", "--expires", "never"}).find("--expires"), std::string::npos);
  EXPECT_NE(refusal({"a", "b", "--grants", "read"}).find("grants should be"), std::string::npos);
  EXPECT_NE(refusal({"a", "b", "--grants", "x=y"}).find("permission must"), std::string::npos);
  EXPECT_NE(refusal({"a", "b", "--sse-c"}).find("--sse-c-key must be"), std::string::npos);
  EXPECT_NE(refusal({"a", "b", "--sse-c-key", "k"}).find("--sse-c must be"), std::string::npos);
  EXPECT_NE(refusal({"a", "b", "--metadata", "a"}).find("Error parsing"), std::string::npos);
  EXPECT_NE(refusal({"a", "b", "--metadata", "a='x"}).find("Error parsing"), std::string::npos);
  EXPECT_NE(refusal({"a", "b", "--metadata", "{\"a\": 1}"}).find("no text"), std::string::npos);
  EXPECT_EQ(refusal({"s3://b", "--delete"}, Command::rm), "Unknown options: --delete");
}

}  // namespace
}  // namespace rolecall::transfer
