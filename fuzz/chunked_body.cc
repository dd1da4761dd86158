// Any bytes as an aws-chunked body: every split gives the same payload and the same end. Bytes
// that frame a signed body of our own with one byte altered are never accepted.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "sigv4/chunked.h"

using namespace rolecall;
using namespace rolecall::sigv4;

namespace {

constexpr CredentialScope kScope{"20261122", "us-east-1", "s3"};
constexpr std::string_view kTimestamp = "20261122T045337Z";
const std::string kSeed(64, '0');

struct Outcome {
  std::string payload;
  std::optional<ChunkProblem> problem;
  bool operator==(const Outcome&) const = default;
};

Outcome decode(PayloadMode mode, std::uint64_t decoded_bytes, std::string_view body,
               std::size_t split, const SigningKey& key) {
  const ChunkedOptions options{.mode = mode,
                               .decoded_bytes = decoded_bytes,
                               .announced_trailers = "x-amz-checksum-crc32",
                               .chunk_bytes_min = 0};
  ChunkedDecoder decoder = mode == PayloadMode::streaming_unsigned_trailer
                               ? ChunkedDecoder(options)
                               : ChunkedDecoder(options, kTimestamp, kScope, kSeed, key);
  Outcome out;
  for (std::size_t at = 0; at < body.size(); at += split) {
    if (const auto status = decoder.push(body.substr(at, split), out.payload); !status) break;
  }
  if (const auto status = decoder.finish(); !status) out.problem = status.error();
  RC_ASSERT(out.payload.size() <= decoded_bytes);
  RC_ASSERT(out.problem || out.payload.size() == decoded_bytes);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  static const SigningKey key = SigningKey::derive(Secret("secret"), kScope);
  const auto mode = static_cast<PayloadMode>(2 + data[0] % 3);
  const std::size_t split = 1 + data[1] % 67;
  const std::uint64_t decoded_bytes = data[2];
  const std::size_t altered_at = data[3];
  const std::string_view body(reinterpret_cast<const char*>(data) + 4, size - 4);

  const Outcome whole = decode(mode, decoded_bytes, body, body.size() + 1, key);
  RC_ASSERT(decode(mode, decoded_bytes, body, split, key) == whole);
  RC_ASSERT(decode(mode, decoded_bytes, body, 1, key) == whole);

  // The same bytes as a payload, framed by us.
  if (body.size() > 255 || body.empty() || mode == PayloadMode::streaming_unsigned_trailer)
    return 0;
  ChunkedEncoder encoder(mode, kTimestamp, kScope, kSeed, key);
  std::string framed;
  for (std::size_t at = 0; at < body.size(); at += split) {
    framed += encoder.chunk(body.substr(at, split));
  }
  if (mode == PayloadMode::streaming_signed_trailer) {
    framed += encoder.finish({{"x-amz-checksum-crc32", "AAAAAA=="}});
  } else {
    framed += encoder.finish();
  }
  const Outcome ours = decode(mode, body.size(), framed, split, key);
  RC_ASSERT(!ours.problem && ours.payload == body);
  if (altered_at < framed.size()) {
    framed[altered_at] = static_cast<char>(framed[altered_at] ^ 0x10);
    const Outcome altered = decode(mode, body.size(), framed, split, key);
    // "0A" and "0a" are the same size; nothing else may differ and pass.
    RC_ASSERT(altered.problem || altered.payload == body);
  }
  return 0;
}
