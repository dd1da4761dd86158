// What the AWS CLI cannot be asked: other widths, the streams, and `off`.
#include <gtest/gtest.h>

#include <sstream>

#include "render/format.h"
#include "render/table.h"
#include "render/yaml.h"

namespace rolecall::render {
namespace {

std::string print(const json::Value& tree, Format format, const Options& options = {}) {
  std::ostringstream out;
  EXPECT_TRUE(write(out, tree, format, options));
  return out.str();
}

TEST(Format, Names) {
  EXPECT_EQ(parse_format("yaml-stream"), Format::yaml_stream);
  EXPECT_EQ(parse_format("off"), Format::off);
  EXPECT_EQ(parse_format("JSON"), std::nullopt);
  EXPECT_EQ(parse_format(""), std::nullopt);
  EXPECT_EQ(name_of(Format::table), "table");
  EXPECT_EQ(format_names(), "json, text, table, yaml, yaml-stream, off");
}

TEST(Format, OffPrintsNothing) { EXPECT_EQ(print(*json::parse(R"({"a": 1})"), Format::off), ""); }

TEST(Table, StandsUpOnlyWhereItDoesNotFit) {
  const json::Value tree = *json::parse(R"({"Account": "111111111111", "Arn": "arn:x"})");
  EXPECT_EQ(print(tree, Format::table, {.title = "T", .width = 26}),
            "-----------------------------\n|             T             |\n"
            "+----------+----------------+\n|  Account |  111111111111  |\n"
            "|  Arn     |  arn:x         |\n+----------+----------------+\n");
  EXPECT_EQ(print(tree, Format::table, {.title = "T", .width = 27}),
            "---------------------------\n|            T            |\n"
            "+---------------+---------+\n|    Account    |   Arn   |\n"
            "+---------------+---------+\n|  111111111111 |  arn:x  |\n"
            "+---------------+---------+\n");
}

TEST(Table, WideCharactersTakeTwoColumns) {
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("日本"), 4u);
  EXPECT_EQ(display_width("é"), 2u);  // ambiguous counts as wide, as in the AWS CLI
  EXPECT_EQ(display_width("\xff"), 1u);
  EXPECT_EQ(display_width("\U0010fffd"), 2u);
}

TEST(Table, ARowOfAnotherLengthIsRefusedAndNothingPrinted) {
  std::ostringstream out;
  const Status status = write(out, *json::parse("[[1, 2], [3]]"), Format::table, {.title = "T"});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().api().code, "ValueError");
  EXPECT_EQ(out.str(), "");
}

TEST(Text, WhatCameBeforeARefusalIsPrinted) {
  std::ostringstream out;
  const json::Value tree = *json::parse(R"({"a": 1, "b": [{"c": 2}, "x"]})");
  const Status status = write(out, tree, Format::text);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().api().code, "AttributeError");
  EXPECT_EQ(out.str(), "1\n");
}

TEST(Yaml, StreamsAreListsOfOne) {
  std::string out;
  for (const char* page : {R"({"a": [1]})", "{}", R"([2])", "3"}) {
    ASSERT_TRUE(append(out, *json::parse(page), Format::yaml_stream));
  }
  EXPECT_EQ(out, "- a:\n  - 1\n- - 2\n- 3\n");
}

TEST(Yaml, TextsThatAreNoUtf8) {
  EXPECT_EQ(print(json::Value::array({json::Value::string("a\xff")}), Format::yaml), "- a\uFFFD\n");
  EXPECT_EQ(print(json::Value::string("a\xff"), Format::json), "\"a\uFFFD\"\n");
}

TEST(Numbers, AsPythonPrintsThem) {
  const json::Value tree = *json::parse(R"([1.50, 1E5, 100, 1e-9, 1e999])");
  EXPECT_EQ(print(tree, Format::text), "1.5\t100000.0\t100\t1e-09\t1e999\n");
}

}  // namespace
}  // namespace rolecall::render
