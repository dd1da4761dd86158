// The tree's own vectors (tests/vectors/sigv4, made by tools/make_sigv4_vectors.py).
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "base/json.h"
#include "crypto/hash.h"
#include "sigv4/check.h"
#include "sigv4/chunked.h"

namespace rolecall::sigv4 {
namespace {

std::string path_of(std::string_view name) {
  return std::string(ROLECALL_SOURCE_DIR "/tests/vectors/sigv4/").append(name);
}

TEST(Vectors, HeaderForm) { EXPECT_EQ(run_sigv4_check(path_of("header.json")), 0); }
TEST(Vectors, S3) { EXPECT_EQ(run_sigv4_check(path_of("s3.json")), 0); }
TEST(Vectors, QueryForm) { EXPECT_EQ(run_sigv4_check(path_of("query.json")), 0); }
TEST(Vectors, NoFile) { EXPECT_EQ(run_sigv4_check(path_of("absent.json")), 2); }

// The check must be able to fail, and to tell the stage.
TEST(Vectors, ADamagedVectorFails) {
  std::ifstream in(path_of("header.json"));
  std::ostringstream content;
  content << in.rdbuf();
  auto parsed = json::parse(content.str());
  ASSERT_TRUE(parsed);
  for (const char* stage : {"canonical", "to_sign", "signature"}) {
    json::Value vector = parsed->find("vectors")->items()[0];
    for (json::Member& member : vector.members()) {
      if (member.name == stage) member.value = json::Value::string(member.value.text() + "x");
    }
    const std::string file = testing::TempDir() + "/sigv4_damaged.json";
    std::ofstream(file) << vector.dump() << "\n";
    EXPECT_EQ(run_sigv4_check(file), 1) << stage;
  }
}

std::string payload_of(std::int64_t size) {
  std::string payload;
  for (std::int64_t i = 0; i < size; ++i) payload.push_back(static_cast<char>((i * 7 + 3) & 0xFF));
  return payload;
}

TEST(Vectors, Chunked) {
  std::ifstream in(path_of("chunked.json"));
  std::ostringstream content;
  content << in.rdbuf();
  const auto parsed = json::parse(content.str());
  ASSERT_TRUE(parsed);
  ASSERT_GE(parsed->find("vectors")->items().size(), 16u);
  for (const json::Value& vector : parsed->find("vectors")->items()) {
    const auto text = [&vector](std::string_view key) {
      return std::string(vector.find_text(key).value_or(""));
    };
    SCOPED_TRACE(text("id"));
    const std::string payload = payload_of(*vector.find("payload_bytes")->as_integer());
    const auto chunk_bytes = static_cast<std::size_t>(*vector.find("chunk_bytes")->as_integer());
    const auto mode = payload_mode(text("mode")).value();
    const std::string timestamp = text("timestamp"), region = text("region");
    const CredentialScope scope{std::string_view(timestamp).substr(0, 8), region, "s3"};
    const SigningKey key = SigningKey::derive(Secret(text("secret")), scope);
    std::vector<std::pair<std::string, std::string>> trailers;
    std::string announced;
    for (const json::Member& member : vector.find("trailers")->members()) {
      trailers.emplace_back(member.name, member.value.text());
      announced = member.name;
    }
    const bool is_signed = mode != PayloadMode::streaming_unsigned_trailer;
    ChunkedEncoder encoder =
        is_signed ? ChunkedEncoder(mode, timestamp, scope, text("seed"), key) : ChunkedEncoder();
    std::string body;
    std::size_t number = 0;
    const auto add = [&](const std::string& frame) {
      if (is_signed) {
        EXPECT_NE(frame.find(vector.find("signatures")->items()[number].text()), std::string::npos)
            << "signature of chunk " << number;
        ++number;
      }
      body += frame;
    };
    for (std::size_t at = 0; at < payload.size(); at += chunk_bytes) {
      add(encoder.chunk(std::string_view(payload).substr(at, chunk_bytes)));
    }
    add(encoder.finish(trailers));
    EXPECT_EQ(crypto::sha256_hex(body), text("body_sha256"));

    const ChunkedOptions options{
        .mode = mode, .decoded_bytes = payload.size(), .announced_trailers = announced};
    for (const std::size_t split :
         {std::size_t{1}, std::size_t{7}, std::size_t{4'096}, body.size()}) {
      ChunkedDecoder decoder = is_signed
                                   ? ChunkedDecoder(options, timestamp, scope, text("seed"), key)
                                   : ChunkedDecoder(options);
      std::string out;
      for (std::size_t at = 0; at < body.size(); at += split) {
        ASSERT_TRUE(decoder.push(std::string_view(body).substr(at, split), out)) << at;
      }
      EXPECT_TRUE(decoder.finish());
      EXPECT_TRUE(out == payload);
      EXPECT_EQ(decoder.trailers(), trailers);
    }
  }
}

}  // namespace
}  // namespace rolecall::sigv4
