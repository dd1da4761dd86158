// The aws-chunked body coding (AWS: "Signature calculations for the Authorization header:
// transferring payload in multiple chunks" and "… including trailing headers").
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "sigv4/key.h"
#include "sigv4/request.h"
#include "sigv4/verify.h"

namespace rolecall::sigv4 {

inline constexpr std::size_t kChunkHeaderBytesMax = 256;     // 16 + 17 + 64 are needed
inline constexpr std::uint64_t kChunkBytesMin = 8'192;       // S3: all but the last chunk
inline constexpr std::uint64_t kChunkBytesMax = 5ull << 30;  // S3: the largest single PUT
inline constexpr std::size_t kTrailersMax = 16;
inline constexpr std::size_t kTrailerBytesMax = 8'192;  // all trailer lines together

enum class ChunkProblem : std::uint8_t {
  incomplete_body,     // the body ended early or is not decoded_bytes long
  signature_mismatch,  // of a chunk or of the trailer
  malformed_chunk,     // the size line, its signature or the line end after the data
  chunk_too_small,     // a chunk below kChunkBytesMin that is not the last
  too_large,           // a chunk or the whole exceeds what was announced
  malformed_trailer,   // not name:value, too many, too long, unannounced or absent
  trailing_data,       // bytes after the end
};

struct ChunkedOptions {
  PayloadMode mode = PayloadMode::streaming_signed;  // precondition: is_streaming(mode)
  std::uint64_t decoded_bytes = 0;                   // x-amz-decoded-content-length
  // Names announced by x-amz-trailer, comma separated, any case. They must all come, and no other.
  std::string_view announced_trailers = {};
  std::uint64_t chunk_bytes_min = kChunkBytesMin;  // of signed chunks; 0 turns the check off
};

// Push the body in any split; the same bytes come out for every split. Payload of a signed chunk
// is handed out before its signature is known to be right: do nothing irrevocable with it until
// finish() has answered.
//   ChunkedDecoder decoder(options, presented, verified, key);
//   while (!in.empty()) { RC piece = decoder.next(in); write(*piece); }
//   decoder.finish();
class ChunkedDecoder {
 public:
  // For the signed modes. Copies what it needs; `key` is the one the request was verified with.
  ChunkedDecoder(const ChunkedOptions& options, const Presented& presented,
                 const VerifiedSignature& seed, const SigningKey& key);
  // For tests and clients that know the seed otherwise.
  ChunkedDecoder(const ChunkedOptions& options, std::string_view timestamp,
                 const CredentialScope& scope, std::string_view seed_signature,
                 const SigningKey& key);
  // For STREAMING-UNSIGNED-PAYLOAD-TRAILER (also from anonymous callers).
  explicit ChunkedDecoder(const ChunkedOptions& options);

  // Consumes from the front of `input` and returns the next piece of payload (a view into it),
  // empty when all input was used without one. After a failure the decoder stays failed.
  std::expected<std::string_view, ChunkProblem> next(std::string_view& input);
  // All of `input`; payload appended to `out`.
  std::expected<void, ChunkProblem> push(std::string_view input, std::string& out);
  // To be called when the body is at its end.
  std::expected<void, ChunkProblem> finish();
  bool done() const { return state_ == State::done; }

  // Lower-case names and trimmed values, x-amz-trailer-signature not among them. Valid once
  // finish() succeeded.
  const std::vector<std::pair<std::string, std::string>>& trailers() const { return trailers_; }
  std::uint64_t decoded_bytes() const { return produced_; }

 private:
  enum class State : std::uint8_t {
    size_line,
    data,
    data_cr,
    data_lf,
    trailers,
    done,
    failed,
  };
  std::expected<void, ChunkProblem> size_line(std::string_view line);
  std::expected<void, ChunkProblem> trailer_line(std::string_view line);
  std::expected<void, ChunkProblem> end_of_trailers();
  std::expected<void, ChunkProblem> end_of_chunk();
  std::unexpected<ChunkProblem> fail(ChunkProblem problem);
  bool is_signed() const { return key_.has_value(); }

  PayloadMode mode_;
  State state_ = State::size_line;
  ChunkProblem problem_ = ChunkProblem::incomplete_body;
  std::uint64_t expected_bytes_;
  std::uint64_t produced_ = 0;
  std::uint64_t chunk_left_ = 0;
  std::uint64_t chunk_bytes_min_;
  bool small_chunk_seen_ = false;
  bool blank_seen_ = false;
  std::string line_;  // the size or trailer line being gathered
  std::size_t trailer_bytes_ = 0;
  std::optional<SigningKey> key_;
  crypto::Sha256 chunk_hash_;
  std::string sign_prefix_;  // "timestamp\nscope\n"
  std::string previous_signature_;
  std::string chunk_signature_;  // as given on the size line
  std::vector<std::string> announced_;
  std::vector<std::pair<std::string, std::string>> trailers_;
  std::string trailer_signature_;
};

ApiError to_api_error(ChunkProblem problem);

// The other direction: frames and signs a body for sending.
//   ChunkedEncoder e(mode, signed_request.timestamp, scope, signed_request.signature, key);
//   out += e.chunk(bytes); … out += e.finish({{"x-amz-checksum-crc32c", sum}});
class ChunkedEncoder {
 public:
  ChunkedEncoder(PayloadMode mode, std::string_view timestamp, const CredentialScope& scope,
                 std::string_view seed_signature, const SigningKey& key);
  // For STREAMING-UNSIGNED-PAYLOAD-TRAILER.
  ChunkedEncoder();
  // Precondition: !payload.empty().
  std::string chunk(std::string_view payload);
  // The last chunk and the trailers (empty unless the mode has them).
  std::string finish(const std::vector<std::pair<std::string, std::string>>& trailers = {});

 private:
  std::string frame(std::string_view payload);
  PayloadMode mode_;
  std::optional<SigningKey> key_;
  std::string sign_prefix_;
  std::string previous_signature_;
};

}  // namespace rolecall::sigv4
