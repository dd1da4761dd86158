// Plays tests/vectors/jmespath (made by tools/make_jmespath_vectors.py): Python's answers and
// refusals, word for word.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/python_text.h"
#include "jmespath/expression.h"

namespace rolecall::jmespath {
namespace {

json::Value read(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream content;
  content << in.rdbuf();
  auto parsed = json::parse(content.str());
  EXPECT_TRUE(parsed) << path << ": " << (parsed ? "" : parsed.error().message);
  return parsed ? *parsed : json::Value();
}

Result<json::Value> ask(std::string_view expression, const json::Value& input) {
  RC_TRY(const Expression compiled, Expression::compile(expression));
  return compiled.search(input);
}

TEST(Vectors, Python) {
  const std::filesystem::path folder = ROLECALL_SOURCE_DIR "/tests/vectors/jmespath";
  const json::Value file = read(folder / "given.json");
  const json::Value* given = file.find("given");
  ASSERT_NE(given, nullptr);
  std::size_t played = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename() == "given.json") continue;
    const json::Value topic = read(entry.path());
    for (const json::Value& vector : topic.find("vectors")->items()) {
      const std::string expression(*vector.find_text("expression"));
      SCOPED_TRACE(expression);
      const auto answer = ask(expression, *given);
      ++played;
      if (const json::Value* expected = vector.find("result")) {
        ASSERT_EQ(vector.members().size(), 2u);
        EXPECT_TRUE(answer) << answer.error().text();
        if (!answer) continue;
        EXPECT_EQ(python_compact_json(*answer), python_compact_json(*expected));
        continue;
      }
      EXPECT_FALSE(answer) << answer->dump();
      if (answer) continue;
      ASSERT_TRUE(answer.error().is_api());
      EXPECT_EQ(answer.error().api().code, *vector.find_text("error"));
      ASSERT_EQ(answer.error().api().details.size(), 1u);
      EXPECT_EQ(answer.error().api().details[0].first, "Position");
      if (const auto message = vector.find_text("message")) {
        EXPECT_EQ(answer.error().api().message, *message);
      }
    }
  }
  EXPECT_GE(played, 900u);
}

}  // namespace
}  // namespace rolecall::jmespath
