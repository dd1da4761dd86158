// What Python cannot be asked: limits, and where we are stricter on purpose.
#include <gtest/gtest.h>

#include "base/python_text.h"
#include "jmespath/expression.h"
#include "jmespath/number.h"

namespace rolecall::jmespath {
namespace {

Result<json::Value> ask(std::string_view expression, const json::Value& input, Limits limits = {}) {
  RC_TRY(const Expression compiled, Expression::compile(expression));
  return compiled.search(input, limits);
}

std::string code_of(const Result<json::Value>& answer) {
  if (answer) return "answered " + answer->dump();
  return answer.error().is_api() ? answer.error().api().code : "a fault";
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out.append(text);
  return out;
}

json::Value list_of(int size) {
  json::Value out = json::Value::array();
  for (int i = 0; i < size; ++i) out.push(json::Value::integer(i));
  return out;
}

TEST(Limits, DepthOfExpressions) {
  const json::Value input = *json::parse(R"({"a": 1})");
  for (const auto& [open, close] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"(", ")"}, {"[", "]"}, {"!", ""}, {"{a: ", "}"}, {"& ", ""}, {"length(", ")"}}) {
    SCOPED_TRACE(open);
    EXPECT_EQ(code_of(ask(repeated(open, 10'000) + "a" + repeated(close, 10'000), input)),
              "LimitExceeded");
    EXPECT_NE(code_of(ask(repeated(open, 100) + "a" + repeated(close, 100), input)),
              "LimitExceeded");
  }
  EXPECT_EQ(code_of(ask("a" + repeated("|@", 10'000), input)), "LimitExceeded");
  EXPECT_EQ(code_of(ask("a" + repeated("||a", 10'000), input)), "LimitExceeded");
  EXPECT_EQ(code_of(ask("a" + repeated("[]", 10'000), input)), "LimitExceeded");
  EXPECT_EQ(code_of(ask("a" + repeated("[*]", 10'000), input)), "LimitExceeded");
  // What is no deeper for being longer.
  EXPECT_EQ(code_of(ask("a" + repeated(".a", 10'000), input)), "answered null");
  EXPECT_EQ(code_of(ask("a" + repeated("[0]", 10'000), input)), "answered null");
  EXPECT_EQ(code_of(ask("a" + repeated("[0].a", 10'000), input)), "answered null");
  EXPECT_EQ(code_of(ask("a|@" + repeated("|@", 200), input)), "answered 1");
}

TEST(Limits, LengthOfExpressions) {
  EXPECT_EQ(code_of(ask(std::string(kExpressionBytesMax, 'a'), {})), "answered null");
  EXPECT_EQ(code_of(ask(std::string(kExpressionBytesMax + 1, 'a'), {})), "LimitExceeded");
}

TEST(Limits, Doubling) {
  const Limits small{.steps_max = 100'000, .values_max = 100'000};
  const json::Value input = list_of(2);
  EXPECT_EQ(code_of(ask("[@,@]" + repeated("|[@,@]", 60), input, small)), "LimitExceeded");
  EXPECT_EQ(code_of(ask("[@,@][]" + repeated("|[@,@][]", 60), input, small)), "LimitExceeded");
  EXPECT_EQ(code_of(ask("'ab'" + repeated("|join(@,[@,@])", 60), input, small)), "LimitExceeded");
  EXPECT_EQ(code_of(ask("[@,@]" + repeated("|[@,@]", 60) + "|@==@", input, small)),
            "LimitExceeded");
  EXPECT_EQ(code_of(ask("[@,@]" + repeated("|[@,@]", 60) + "|to_string(@)", input, small)),
            "LimitExceeded");
  // Every level looks at everything again.
  EXPECT_EQ(code_of(ask("map(&map(&map(&map(&@,@),@),@),[@,@])", list_of(100), small)),
            "JMESPathTypeError");
  EXPECT_EQ(code_of(ask("[@,@]|[[@,@],[@,@]]|[*][*][*][*][*].[@,@]|[][]|[[@,@],[@,@]]|[*][*][*]",
                        list_of(10'000), small)),
            "LimitExceeded");
  EXPECT_EQ(code_of(ask("{l:@}|{l:l,m:l[*].[@]}|m", list_of(60'000), small)), "LimitExceeded");
  // An answer that copies its input once is nowhere near.
  EXPECT_EQ(ask("[*]", list_of(40'000), small)->items().size(), 40'000u);
}

TEST(Strictness, WhereWeDifferFromPython) {
  const json::Value input = *json::parse(R"({"o": {"a": 1}, "s": "x"})");
  EXPECT_EQ(code_of(ask("merge(o, s)", input)), "JMESPathTypeError");
  EXPECT_EQ(code_of(ask("merge(o, `[]`)", input)), "JMESPathTypeError");
  EXPECT_EQ(code_of(ask("to_number('nan')", input)), "answered null");
  EXPECT_EQ(code_of(ask("to_number('-Infinity')", input)), "answered null");
  EXPECT_EQ(code_of(ask("to_number('1e999')", input)), "answered null");
  EXPECT_EQ(code_of(ask("`NaN`", input)), "answered \"NaN\"");
  EXPECT_EQ(code_of(ask("\"\\ud800\"", input)), "LexerError");
  EXPECT_EQ(code_of(ask("'\xFF'", input)), "LexerError");
  EXPECT_EQ(code_of(ask("to_array(&a)", input)), "TypeError");
}

TEST(Positions, PointAtTheCharacter) {
  const auto position = [](std::string_view expression) {
    const auto compiled = Expression::compile(expression);
    return compiled ? "compiled" : compiled.error().api().details.at(0).second;
  };
  EXPECT_EQ(position("foo.#"), "4");
  EXPECT_EQ(position("\"é\".#"), "4");  // characters, not bytes
  EXPECT_EQ(position("foo[?a==`1`"), "11");
  EXPECT_EQ(position("foo bar"), "4");
  EXPECT_EQ(position("foo.bar"), "compiled");
  const json::Value input;
  EXPECT_EQ(ask("a || length(b)", input).error().api().details.at(0).second, "5");
}

TEST(Numbers, StayAsTheyAreWritten) {
  const json::Value input = *json::parse(R"({"a": 1.50, "b": 123456789012345678901234567890})");
  EXPECT_EQ(ask("[a, b]", input)->dump(), "[1.50,123456789012345678901234567890]");
  EXPECT_EQ(compare_numbers("1.0", "1"), std::strong_ordering::equal);
  EXPECT_EQ(compare_numbers("1e999", "1"), std::strong_ordering::greater);
  EXPECT_EQ(compare_numbers("-99999999999999999999", "99999999999999999999"),
            std::strong_ordering::less);
  EXPECT_EQ(sum({"9223372036854775807", "9223372036854775807"}), "18446744073709551614");
  EXPECT_EQ(rounded("-0.2", Rounding::up), "0");
}

TEST(Objects, KeepTheirOrderWhateverTheirSize) {
  json::Value input = json::Value::object();
  for (int i = 300; i > 0; --i) input.add("k" + std::to_string(i), json::Value::integer(i));
  EXPECT_EQ(ask("keys(@)[:3]", input)->dump(), R"(["k300","k299","k298"])");
  EXPECT_EQ(ask("merge(@, {k299: `0`, z: `1`}).[k300, k299, z]", input)->dump(), "[300,0,1]");
  EXPECT_EQ(ask("@ == merge(@, @)", input)->dump(), "true");
}

}  // namespace
}  // namespace rolecall::jmespath
