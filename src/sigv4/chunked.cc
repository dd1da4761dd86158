#include "sigv4/chunked.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/encoding.h"

namespace rolecall::sigv4 {
namespace {

constexpr std::string_view kSignatureExtension = ";chunk-signature=";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";
constexpr std::size_t kSizeDigitsMax = 16;

std::string make_prefix(std::string_view timestamp, const CredentialScope& scope) {
  std::string prefix(timestamp);
  prefix.append("\n").append(scope.date).append("/").append(scope.region).append("/");
  prefix.append(scope.service).append("/").append(kTerminator).append("\n");
  return prefix;
}

void append_hex(std::string& out, const crypto::Sha256Digest& digest) {
  const std::size_t at = out.size();
  out.resize(at + 64);
  crypto::hex_into(digest, out.data() + at);
}

// Each signature covers the one before, so chunks cannot be left out or change places.
std::string chunk_signature(const SigningKey& key, std::string_view prefix,
                            std::string_view previous, const crypto::Sha256Digest& chunk) {
  std::string text = "AWS4-HMAC-SHA256-PAYLOAD\n";
  text.append(prefix).append(previous).append("\n").append(kEmptyPayloadHash).append("\n");
  append_hex(text, chunk);
  std::string signature;
  append_hex(signature, key.sign(text));
  return signature;
}

std::string trailer_signature(const SigningKey& key, std::string_view prefix,
                              std::string_view previous,
                              std::vector<std::pair<std::string, std::string>> trailers) {
  std::sort(trailers.begin(), trailers.end());
  crypto::Sha256 hash;
  for (const auto& [name, value] : trailers) {
    hash.update(name);
    hash.update(":");
    hash.update(value);
    hash.update("\n");
  }
  std::string text = "AWS4-HMAC-SHA256-TRAILER\n";
  text.append(prefix).append(previous).append("\n");
  append_hex(text, hash.finish());
  std::string signature;
  append_hex(signature, key.sign(text));
  return signature;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

bool is_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte != 0x7F;
  });
}

std::vector<std::string> split_names(std::string_view list) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    const std::string_view name = trim(list.substr(at, end - at));
    if (!name.empty()) names.push_back(ascii_lower(name));
    at = end + 1;
  }
  return names;
}

bool has_trailers(PayloadMode mode) { return mode != PayloadMode::streaming_signed; }

}  // namespace

ChunkedDecoder::ChunkedDecoder(const ChunkedOptions& options)
    : mode_(options.mode),
      expected_bytes_(options.decoded_bytes),
      chunk_bytes_min_(options.chunk_bytes_min),
      announced_(split_names(options.announced_trailers)) {
  RC_ASSERT(mode_ == PayloadMode::streaming_unsigned_trailer);
}

ChunkedDecoder::ChunkedDecoder(const ChunkedOptions& options, std::string_view timestamp,
                               const CredentialScope& scope, std::string_view seed_signature,
                               const SigningKey& key)
    : mode_(options.mode),
      expected_bytes_(options.decoded_bytes),
      chunk_bytes_min_(options.chunk_bytes_min),
      sign_prefix_(make_prefix(timestamp, scope)),
      previous_signature_(seed_signature),
      announced_(split_names(options.announced_trailers)) {
  RC_ASSERT(is_streaming(mode_));
  // The unsigned mode of a signed request: its chunks carry no signatures.
  if (mode_ != PayloadMode::streaming_unsigned_trailer) key_ = key;
}

ChunkedDecoder::ChunkedDecoder(const ChunkedOptions& options, const Presented& presented,
                               const VerifiedSignature& seed, const SigningKey& key)
    : ChunkedDecoder(options, presented.timestamp_text(), presented.scope(), seed.signature(),
                     key) {}

std::unexpected<ChunkProblem> ChunkedDecoder::fail(ChunkProblem problem) {
  state_ = State::failed;
  problem_ = problem;
  return std::unexpected(problem);
}

std::expected<std::string_view, ChunkProblem> ChunkedDecoder::next(std::string_view& input) {
  while (!input.empty()) {
    switch (state_) {
      case State::size_line:
      case State::trailers: {
        const bool size = state_ == State::size_line;
        const std::size_t newline = input.find('\n');
        const std::size_t take = newline == std::string_view::npos ? input.size() : newline + 1;
        // SAFETY: bounded before it is kept; the same bytes fail in every split.
        if (size && line_.size() + take > kChunkHeaderBytesMax) {
          return fail(ChunkProblem::malformed_chunk);
        }
        if (!size && trailer_bytes_ + take > kTrailerBytesMax) {
          return fail(ChunkProblem::malformed_trailer);
        }
        if (!size) trailer_bytes_ += take;
        if (newline == std::string_view::npos) {
          line_.append(input);
          input = {};
          break;
        }
        std::string_view line = input.substr(0, newline);
        if (!line_.empty()) {
          line_.append(line);
          line = line_;
        }
        input.remove_prefix(take);
        // AWS's example ends a trailer by "\n\r\n", so there the carriage return may be missing.
        if (line.ends_with('\r')) {
          line.remove_suffix(1);
        } else if (size || line.empty()) {
          return fail(size ? ChunkProblem::malformed_chunk : ChunkProblem::malformed_trailer);
        }
        const auto status = size ? size_line(line) : trailer_line(line);
        line_.clear();
        if (!status) return std::unexpected(status.error());
        break;
      }
      case State::data: {
        const auto count =
            static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, input.size()));
        const std::string_view piece = input.substr(0, count);
        input.remove_prefix(count);
        if (is_signed()) chunk_hash_.update(piece);
        produced_ += count;
        chunk_left_ -= count;
        if (chunk_left_ == 0) state_ = State::data_cr;
        return piece;
      }
      case State::data_cr:
      case State::data_lf: {
        const bool cr = state_ == State::data_cr;
        if (input.front() != (cr ? '\r' : '\n')) return fail(ChunkProblem::malformed_chunk);
        input.remove_prefix(1);
        state_ = cr ? State::data_lf : State::size_line;
        if (!cr) {
          if (const auto status = end_of_chunk(); !status) return std::unexpected(status.error());
        }
        break;
      }
      case State::done:
        return fail(ChunkProblem::trailing_data);
      case State::failed:
        return std::unexpected(problem_);
    }
  }
  if (state_ == State::failed) return std::unexpected(problem_);
  return std::string_view();
}

std::expected<void, ChunkProblem> ChunkedDecoder::push(std::string_view input, std::string& out) {
  do {
    const auto piece = next(input);
    if (!piece) return std::unexpected(piece.error());
    out.append(*piece);
  } while (!input.empty());
  return {};
}

std::expected<void, ChunkProblem> ChunkedDecoder::finish() {
  if (state_ == State::failed) return std::unexpected(problem_);
  if (state_ != State::done) return fail(ChunkProblem::incomplete_body);
  return {};
}

std::expected<void, ChunkProblem> ChunkedDecoder::size_line(std::string_view line) {
  std::uint64_t size = 0;
  const std::size_t digits = std::min(line.find(';'), line.size());
  const auto [end, error] = std::from_chars(line.data(), line.data() + digits, size, 16);
  if (digits == 0 || digits > kSizeDigitsMax || error != std::errc{} ||
      end != line.data() + digits) {
    return fail(ChunkProblem::malformed_chunk);
  }
  const std::string_view extension = line.substr(digits);
  if (is_signed()) {
    if (!extension.starts_with(kSignatureExtension) ||
        extension.size() != kSignatureExtension.size() + 64) {
      return fail(ChunkProblem::malformed_chunk);
    }
    chunk_signature_ = extension.substr(kSignatureExtension.size());
  } else if (!extension.empty()) {
    return fail(ChunkProblem::malformed_chunk);
  }
  if (size > kChunkBytesMax || size > expected_bytes_ - produced_) {
    return fail(ChunkProblem::too_large);
  }
  if (size > 0) {
    if (small_chunk_seen_) return fail(ChunkProblem::chunk_too_small);
    small_chunk_seen_ = is_signed() && size < chunk_bytes_min_;
    chunk_left_ = size;
    state_ = State::data;
    return {};
  }
  if (const auto status = end_of_chunk(); !status) return status;
  if (produced_ != expected_bytes_) return fail(ChunkProblem::incomplete_body);
  // Without trailers the blank line that ends them still comes.
  state_ = State::trailers;
  return {};
}

std::expected<void, ChunkProblem> ChunkedDecoder::end_of_chunk() {
  if (!is_signed()) return {};
  std::string expected =
      chunk_signature(*key_, sign_prefix_, previous_signature_, chunk_hash_.finish());
  if (!crypto::equal_constant_time(expected, chunk_signature_)) {
    return fail(ChunkProblem::signature_mismatch);
  }
  previous_signature_ = std::move(expected);
  return {};
}

std::expected<void, ChunkProblem> ChunkedDecoder::trailer_line(std::string_view line) {
  if (line.empty()) {
    const bool wants_signature = mode_ == PayloadMode::streaming_signed_trailer;
    // … which leaves an empty line before the trailer's signature.
    if (wants_signature && trailer_signature_.empty() && !blank_seen_ && !trailers_.empty()) {
      blank_seen_ = true;
      return {};
    }
    return end_of_trailers();
  }
  const std::size_t colon = line.find(':');
  if (!has_trailers(mode_) || colon == std::string_view::npos || !trailer_signature_.empty()) {
    return fail(ChunkProblem::malformed_trailer);
  }
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1));
  if (!is_name(name) || !is_value(value)) return fail(ChunkProblem::malformed_trailer);
  std::string lower = ascii_lower(name);
  if (is_signed() && lower == kTrailerSignature) {
    if (value.empty()) return fail(ChunkProblem::malformed_trailer);
    trailer_signature_ = value;
    return {};
  }
  const auto named = [&lower](const auto& trailer) { return trailer.first == lower; };
  if (blank_seen_ || trailers_.size() >= kTrailersMax ||
      std::find(announced_.begin(), announced_.end(), lower) == announced_.end() ||
      std::any_of(trailers_.begin(), trailers_.end(), named)) {
    return fail(ChunkProblem::malformed_trailer);
  }
  trailers_.emplace_back(std::move(lower), value);
  return {};
}

std::expected<void, ChunkProblem> ChunkedDecoder::end_of_trailers() {
  for (const std::string& name : announced_) {
    const auto named = [&name](const auto& trailer) { return trailer.first == name; };
    if (has_trailers(mode_) && std::none_of(trailers_.begin(), trailers_.end(), named)) {
      return fail(ChunkProblem::malformed_trailer);
    }
  }
  if (mode_ == PayloadMode::streaming_signed_trailer) {
    if (trailer_signature_.empty()) return fail(ChunkProblem::malformed_trailer);
    const std::string expected =
        trailer_signature(*key_, sign_prefix_, previous_signature_, trailers_);
    if (!crypto::equal_constant_time(expected, trailer_signature_)) {
      return fail(ChunkProblem::signature_mismatch);
    }
  }
  state_ = State::done;
  return {};
}

ApiError to_api_error(ChunkProblem problem) {
  switch (problem) {
    case ChunkProblem::incomplete_body:
      return ApiError::make(400, "IncompleteBody", "The request body terminated unexpectedly");
    case ChunkProblem::too_large:
      return ApiError::make(400, "IncompleteBody",
                            "You did not provide the number of bytes specified by the "
                            "x-amz-decoded-content-length HTTP header");
    case ChunkProblem::signature_mismatch:
      return ApiError::make(403, "SignatureDoesNotMatch",
                            "The request signature we calculated does not match the signature you "
                            "provided. Check your key and signing method.");
    case ChunkProblem::chunk_too_small:
      return ApiError::make(403, "InvalidChunkSizeError",
                            "Only the last chunk is allowed to have a size less than 8192 bytes");
    case ChunkProblem::malformed_trailer:
    case ChunkProblem::trailing_data:
      return ApiError::make(400, "MalformedTrailerError",
                            "The request contained trailing data that was not well-formed or did "
                            "not conform to our published schema.");
    case ChunkProblem::malformed_chunk:
      break;
  }
  return ApiError::make(400, "InvalidRequest", "the body is not well-formed aws-chunked");
}

ChunkedEncoder::ChunkedEncoder() : mode_(PayloadMode::streaming_unsigned_trailer) {}

ChunkedEncoder::ChunkedEncoder(PayloadMode mode, std::string_view timestamp,
                               const CredentialScope& scope, std::string_view seed_signature,
                               const SigningKey& key)
    : mode_(mode),
      key_(key),
      sign_prefix_(make_prefix(timestamp, scope)),
      previous_signature_(seed_signature) {
  RC_ASSERT(mode == PayloadMode::streaming_signed || mode == PayloadMode::streaming_signed_trailer);
}

std::string ChunkedEncoder::frame(std::string_view payload) {
  std::array<char, kSizeDigitsMax> size;
  const auto end = std::to_chars(size.data(), size.data() + size.size(), payload.size(), 16).ptr;
  std::string out(size.data(), end);
  if (key_) {
    previous_signature_ =
        chunk_signature(*key_, sign_prefix_, previous_signature_, crypto::sha256(payload));
    out.append(kSignatureExtension).append(previous_signature_);
  }
  out.append("\r\n");
  if (!payload.empty()) out.append(payload).append("\r\n");
  return out;
}

std::string ChunkedEncoder::chunk(std::string_view payload) {
  RC_ASSERT(!payload.empty());  // an empty chunk would end the body
  return frame(payload);
}

std::string ChunkedEncoder::finish(
    const std::vector<std::pair<std::string, std::string>>& trailers) {
  RC_ASSERT(trailers.empty() || has_trailers(mode_));
  std::string out = frame({});
  std::vector<std::pair<std::string, std::string>> lower;
  for (const auto& [name, value] : trailers) lower.emplace_back(ascii_lower(name), value);
  for (const auto& [name, value] : lower) out.append(name + ":" + value + "\r\n");
  if (mode_ == PayloadMode::streaming_signed_trailer) {
    out.append(kTrailerSignature).append(":");
    out.append(trailer_signature(*key_, sign_prefix_, previous_signature_, lower)).append("\r\n");
  }
  return out.append("\r\n");
}

}  // namespace rolecall::sigv4
