#include "base/compress.h"

#include <gtest/gtest.h>

namespace rolecall {
namespace {

TEST(Compress, round_trip) {
  for (const std::size_t size : {0u, 1u, 100u, 10'000u}) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text.push_back(static_cast<char>('a' + i % 7));
    EXPECT_EQ(decompress(compress(text), 10'000), text) << size;
  }
}

TEST(Compress, refuses_what_it_did_not_make) {
  const std::string packed = compress(std::string(5'000, 'x'));
  EXPECT_FALSE(decompress(packed, 4'999)) << "larger than allowed";
  EXPECT_FALSE(decompress(packed + "y", 10'000)) << "bytes behind the end";
  EXPECT_FALSE(decompress(std::string_view(packed).substr(0, packed.size() - 1), 10'000));
  EXPECT_FALSE(decompress("", 10'000));
  EXPECT_FALSE(decompress("not compressed at all", 10'000));
}

}  // namespace
}  // namespace rolecall
