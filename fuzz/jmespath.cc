// Any text as an expression, over any tree: compiling and searching end within their limits, a
// refusal has words and a position, and an answer is a tree that reads back.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "jmespath/expression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rolecall;
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = all.find('\n');
  const auto check = [](const Error& error) {
    if (!error.is_api() || error.api().message.empty() || error.api().details.size() != 1) {
      std::abort();
    }
  };
  const auto expression = jmespath::Expression::compile(all.substr(0, cut));
  if (!expression) {
    check(expression.error());
    return 0;
  }
  static const json::Value kTree = *json::parse(
      R"({"a": [{"b": 1, "c": "x"}, {"b": 2.5, "c": "y", "d": [1, [2, [3]]]}], "b": {"c": null}})");
  const auto given = json::parse(cut == all.npos ? std::string_view() : all.substr(cut + 1));
  const jmespath::Limits limits{.steps_max = 200'000, .values_max = 50'000};
  const auto answer = expression->search(given ? *given : kTree, limits);
  if (!answer) {
    check(answer.error());
    return 0;
  }
  const auto again = json::parse(answer->dump(), {.depth_max = 1000});
  if (!again || again->dump() != answer->dump()) std::abort();
  return 0;
}
