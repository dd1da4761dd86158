// What the chunk decoder refuses. Right bodies are in vectors_test.cc.
#include "sigv4/chunked.h"

#include <gtest/gtest.h>

namespace rolecall::sigv4 {
namespace {

constexpr std::string_view kTimestamp = "20261122T045337Z";
constexpr CredentialScope kScope{"20261122", "eu-west-1", "s3"};
const std::string kSeed(64, 'a');

SigningKey key() { return SigningKey::derive(Secret("secret"), kScope); }

// Decodes byte by byte and whole, which must agree; nullopt when all is well.
std::optional<ChunkProblem> decode(const ChunkedOptions& options, const std::string& body,
                                   std::string* payload = nullptr) {
  std::optional<ChunkProblem> results[2];
  for (int whole = 0; whole < 2; ++whole) {
    const std::size_t split = whole ? std::max<std::size_t>(body.size(), 1) : 1;
    ChunkedDecoder decoder = options.mode == PayloadMode::streaming_unsigned_trailer
                                 ? ChunkedDecoder(options)
                                 : ChunkedDecoder(options, kTimestamp, kScope, kSeed, key());
    std::string out;
    std::optional<ChunkProblem> problem;
    for (std::size_t at = 0; at < body.size() && !problem; at += split) {
      if (const auto status = decoder.push(std::string_view(body).substr(at, split), out);
          !status) {
        problem = status.error();
      }
    }
    if (const auto status = decoder.finish(); !status) {
      if (problem) {
        EXPECT_EQ(*problem, status.error());
      }
      problem = status.error();
    }
    results[whole] = problem;
    if (payload) *payload = out;
  }
  EXPECT_EQ(results[0], results[1]);
  return results[0];
}

std::string signed_body(const std::vector<std::string>& chunks, PayloadMode mode,
                        const std::vector<std::pair<std::string, std::string>>& trailers = {}) {
  ChunkedEncoder encoder(mode, kTimestamp, kScope, kSeed, key());
  std::string body;
  for (const std::string& chunk : chunks) body += encoder.chunk(chunk);
  return body + encoder.finish(trailers);
}

const ChunkedOptions kSigned = {
    .mode = PayloadMode::streaming_signed, .decoded_bytes = 6, .chunk_bytes_min = 0};
const ChunkedOptions kUnsigned = {.mode = PayloadMode::streaming_unsigned_trailer,
                                  .decoded_bytes = 6,
                                  .announced_trailers = "X-Amz-Checksum-Crc32"};

TEST(Chunked, EveryAlteredByteOfASignedBodyIsRefused) {
  const std::string body = signed_body({"abc", "def"}, PayloadMode::streaming_signed);
  std::string payload;
  EXPECT_FALSE(decode(kSigned, body, &payload));
  EXPECT_EQ(payload, "abcdef");
  for (std::size_t i = 0; i < body.size(); ++i) {
    std::string altered = body;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_TRUE(decode(kSigned, altered)) << i;
    EXPECT_TRUE(decode(kSigned, body.substr(0, i))) << i;
  }
}

TEST(Chunked, ChunksCannotChangePlacesOrBeLeftOut) {
  const std::string ab = signed_body({"abc", "def"}, PayloadMode::streaming_signed);
  const std::size_t chunk = ab.find("abc") + 5;
  EXPECT_EQ(decode(kSigned, ab.substr(chunk, chunk) + ab.substr(0, chunk) + ab.substr(2 * chunk)),
            ChunkProblem::signature_mismatch);
  EXPECT_EQ(decode(kSigned, ab.substr(0, chunk) + ab.substr(2 * chunk)),
            ChunkProblem::signature_mismatch);
  EXPECT_EQ(decode(kSigned, ab.substr(0, 2 * chunk)), ChunkProblem::incomplete_body);
}

TEST(Chunked, DecodedLengthIsEnforced) {
  const std::string body = signed_body({"abc", "def"}, PayloadMode::streaming_signed);
  ChunkedOptions options = kSigned;
  options.decoded_bytes = 7;
  EXPECT_EQ(decode(options, body), ChunkProblem::incomplete_body);
  options.decoded_bytes = 5;
  EXPECT_EQ(decode(options, body), ChunkProblem::too_large);
  EXPECT_EQ(decode(kSigned, "ffffffffffffffff;chunk-signature=" + kSeed + "\r\n"),
            ChunkProblem::too_large);
}

TEST(Chunked, SmallChunksOnlyAtTheEnd) {
  ChunkedOptions options = kSigned;
  options.chunk_bytes_min = kChunkBytesMin;
  EXPECT_EQ(decode(options, signed_body({"abc", "def"}, PayloadMode::streaming_signed)),
            ChunkProblem::chunk_too_small);
  EXPECT_FALSE(decode(options, signed_body({"abcdef"}, PayloadMode::streaming_signed)));
}

TEST(Chunked, MalformedSizeLines) {
  const std::string end = ";chunk-signature=" + kSeed + "\r\n";
  for (const std::string& line : std::vector<std::string>{
           std::string("\r\n"), "x" + end, "-3" + end, "0x3" + end, " 3" + end, "3 " + end,
           std::string("3\r\n"), "3;chunk-signature=abc\r\n", "3;other=" + kSeed + "\r\n",
           "3" + end.substr(0, end.size() - 2) + "\n", "00000000000000003" + end,
           std::string(300, '0')}) {
    EXPECT_EQ(decode(kSigned, line), ChunkProblem::malformed_chunk) << line;
  }
  for (const std::string& line :
       std::vector<std::string>{std::string("3;a=b\r\n"), "3" + end, std::string("3\n")}) {
    EXPECT_EQ(decode(kUnsigned, line), ChunkProblem::malformed_chunk) << line;
  }
  EXPECT_EQ(decode(kUnsigned, "3\r\nabcdef"), ChunkProblem::malformed_chunk);
  EXPECT_EQ(decode(kUnsigned, "3\r\nabc\rx"), ChunkProblem::malformed_chunk);
}

TEST(Chunked, Trailers) {
  const std::string data = "6\r\nabcdef\r\n0\r\n";
  const std::string sum = "x-amz-checksum-crc32:AAAAAA==\r\n";
  EXPECT_FALSE(decode(kUnsigned, data + sum + "\r\n"));
  EXPECT_TRUE(decode(kUnsigned, data + "X-Amz-Checksum-CRC32 : AAAAAA==\r\n\r\n"));
  EXPECT_FALSE(decode(kUnsigned, data + "X-Amz-Checksum-CRC32:  AAAAAA== \r\n\r\n"));
  EXPECT_EQ(decode(kUnsigned, data + sum), ChunkProblem::incomplete_body);
  for (const std::string& bad : std::vector<std::string>{
           std::string("\r\n"), sum + sum + "\r\n", "x-amz-meta-a:b\r\n" + sum + "\r\n",
           std::string("no colon\r\n\r\n"), ":a\r\n" + sum + "\r\n",
           "x-amz-checksum-crc32:a\x01"
           "b\r\n\r\n",
           "x-amz-checksum-crc32:" + std::string(9'000, 'x')}) {
    EXPECT_EQ(decode(kUnsigned, data + bad), ChunkProblem::malformed_trailer) << bad.substr(0, 60);
  }
  EXPECT_EQ(decode(kUnsigned, data + sum + "\r\nmore"), ChunkProblem::trailing_data);
  // Trailers where the mode has none.
  const std::string body = signed_body({"abcdef"}, PayloadMode::streaming_signed);
  EXPECT_EQ(decode(kSigned, body.substr(0, body.size() - 2) + sum + "\r\n"),
            ChunkProblem::malformed_trailer);
}

TEST(Chunked, TrailersAreSigned) {
  ChunkedOptions options = kSigned;
  options.mode = PayloadMode::streaming_signed_trailer;
  options.announced_trailers = "x-amz-checksum-crc32c, x-amz-checksum-crc32";
  const std::string body =
      signed_body({"abcdef"}, options.mode,
                  {{"x-amz-checksum-crc32c", "AAAAAA=="}, {"x-amz-checksum-crc32", "AAAAAA=="}});
  EXPECT_FALSE(decode(options, body));
  // The line ends of AWS's example.
  std::string example = body;
  example.replace(example.find("crc32:AAAAAA==\r\n"), 16, "crc32:AAAAAA==\n\r\n");
  EXPECT_FALSE(decode(options, example));

  std::string altered = body;
  altered.replace(altered.find("crc32c:A"), 8, "crc32c:B");
  EXPECT_EQ(decode(options, altered), ChunkProblem::signature_mismatch);
  const std::size_t signature = body.find("x-amz-trailer-signature");
  EXPECT_EQ(decode(options, body.substr(0, signature) + "\r\n\r\n"),
            ChunkProblem::malformed_trailer);
  EXPECT_EQ(decode(options, body.substr(0, body.size() - 2) + "x-amz-checksum-crc32:x\r\n\r\n"),
            ChunkProblem::malformed_trailer);
}

TEST(Chunked, ErrorsInAwsWords) {
  EXPECT_EQ(to_api_error(ChunkProblem::incomplete_body).code, "IncompleteBody");
  EXPECT_EQ(to_api_error(ChunkProblem::too_large).code, "IncompleteBody");
  EXPECT_EQ(to_api_error(ChunkProblem::signature_mismatch).http_status, 403);
  EXPECT_EQ(to_api_error(ChunkProblem::chunk_too_small).code, "InvalidChunkSizeError");
  EXPECT_EQ(to_api_error(ChunkProblem::malformed_trailer).code, "MalformedTrailerError");
  EXPECT_EQ(to_api_error(ChunkProblem::malformed_chunk).code, "InvalidRequest");
}

}  // namespace
}  // namespace rolecall::sigv4
