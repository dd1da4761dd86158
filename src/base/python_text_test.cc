// Expectations are what Python 3.11 prints.
#include "base/python_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace rolecall {
namespace {

TEST(PythonText, Floats) {
  const std::pair<double, std::string_view> cases[] = {
      {1.0, "1.0"},
      {0.1, "0.1"},
      {-0.0, "-0.0"},
      {1e16, "1e+16"},
      {123456789012345680.0, "1.2345678901234568e+17"},
      {1e15, "1000000000000000.0"},
      {9999999999999998.0, "9999999999999998.0"},
      {1e-4, "0.0001"},
      {1e-5, "1e-05"},
      {1.5e-7, "1.5e-07"},
      {5e-324, "5e-324"},
      {1.7976931348623157e308, "1.7976931348623157e+308"},
      {1.25, "1.25"},
      {std::numeric_limits<double>::infinity(), "inf"},
      {std::numeric_limits<double>::quiet_NaN(), "nan"}};
  for (const auto& [value, text] : cases) EXPECT_EQ(python_float(value), text);
}

TEST(PythonText, Numbers) {
  EXPECT_EQ(python_number("12345678901234567890123"), "12345678901234567890123");
  EXPECT_EQ(python_number("-0"), "0");
  EXPECT_EQ(python_number("-0.0"), "-0.0");
  EXPECT_EQ(python_number("1.50"), "1.5");
  EXPECT_EQ(python_number("1E2"), "100.0");
  EXPECT_EQ(python_number("1e999"), "1e999");  // where Python would print what is not JSON
}

TEST(PythonText, Strings) {
  const auto repr = [](std::string_view text) {
    std::string out;
    append_python_repr(out, text);
    return out;
  };
  EXPECT_EQ(repr("it's"), "\"it's\"");
  EXPECT_EQ(repr("q\""), "'q\"'");
  EXPECT_EQ(repr("both'\""), R"('both\'"')");
  EXPECT_EQ(repr("\n\t\\"), R"('\n\t\\')");
  EXPECT_EQ(repr("\x7f\u00a0é\u200b☃😀\ue000\U000e0001"),
            R"('\x7f\xa0é\u200b☃😀\ue000\U000e0001')");
  EXPECT_EQ(repr("\xff"), "'\uFFFD'");
}

TEST(PythonText, Values) {
  const json::Value value =
      *json::parse(R"({"a": [1, 1.0, true, false, null, "x"], "b": {}, "é": "☃\u007f😀"})");
  EXPECT_EQ(python_str(value), "{'a': [1, 1.0, True, False, None, 'x'], 'b': {}, 'é': '☃\\x7f😀'}");
  EXPECT_EQ(python_str(json::Value::string("x")), "x");
  EXPECT_EQ(python_repr(json::Value::string("x")), "'x'");
  EXPECT_EQ(python_compact_json(value),
            R"({"a":[1,1.0,true,false,null,"x"],"b":{},"\u00e9":"\u2603\u007f\ud83d\ude00"})");
  EXPECT_EQ(python_type(json::Value::number("1")), "int");
  EXPECT_EQ(python_type(json::Value::number("1e3")), "float");
  EXPECT_EQ(python_type(json::Value::null()), "NoneType");
  EXPECT_EQ(python_type(value), "dict");
}

}  // namespace
}  // namespace rolecall
