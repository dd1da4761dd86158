// Plays tests/vectors/render (made by tools/make_render_vectors.py): what the AWS CLI prints.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "render/format.h"

namespace rolecall::render {
namespace {

TEST(Vectors, AwsCli) {
  std::size_t played = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(ROLECALL_SOURCE_DIR "/tests/vectors/render")) {
    std::ifstream in(entry.path());
    std::ostringstream content;
    content << in.rdbuf();
    const auto topic = json::parse(content.str(), {.depth_max = 64});
    ASSERT_TRUE(topic) << entry.path() << ": " << topic.error().message;
    const bool colour = entry.path().filename() == "colour.json";
    for (const json::Value& vector : topic->find("vectors")->items()) {
      const json::Value& tree = *vector.find("tree");
      for (const auto& [name, expected, _] : vector.find("expected")->members()) {
        SCOPED_TRACE(name + " of " + tree.dump());
        const auto format = parse_format(name);
        ASSERT_TRUE(format);
        std::string out;
        const Status status = append(
            out, tree, *format,
            {.title = std::string(*vector.find_text("title")), .width = 80, .colour = colour});
        EXPECT_EQ(out, *expected.find_text("out"));
        ++played;
        if (const auto message = expected.find_text("message")) {
          ASSERT_FALSE(status);
          EXPECT_EQ(status.error().api().code, *expected.find_text("error"));
          EXPECT_EQ(status.error().api().message, *message);
        } else {
          EXPECT_TRUE(status) << status.error().text();
        }
      }
    }
  }
  EXPECT_GE(played, 2000u);
}

}  // namespace
}  // namespace rolecall::render
