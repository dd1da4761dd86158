// The checksums of S3's x-amz-checksum-* headers and trailers, as streams.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "crypto/hash.h"

namespace rolecall::crypto {

enum class ChecksumAlgorithm : std::uint8_t { crc32, crc32c, crc64nvme, sha1, sha256 };

// "crc32c" or "CRC32C" → crc32c; nullopt for anything unknown.
std::optional<ChecksumAlgorithm> checksum_algorithm(std::string_view name);
// "x-amz-checksum-crc64nvme" in any case → crc64nvme.
std::optional<ChecksumAlgorithm> checksum_algorithm_of_header(std::string_view header_name);
std::string_view checksum_name(ChecksumAlgorithm algorithm);    // "CRC32C"
std::string_view checksum_header(ChecksumAlgorithm algorithm);  // "x-amz-checksum-crc32c"

// Continue with the value returned for the bytes before (0 at the start):
//   crc32c("cd", crc32c("ab")) == crc32c("abcd")
std::uint32_t crc32(std::string_view bytes, std::uint32_t before = 0);
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);
std::uint64_t crc64nvme(std::string_view bytes, std::uint64_t before = 0);

// The checksum of A followed by B from those of A and B (multipart objects of type FULL_OBJECT).
std::uint32_t crc32_combine(std::uint32_t a, std::uint32_t b, std::uint64_t b_bytes);
std::uint32_t crc32c_combine(std::uint32_t a, std::uint32_t b, std::uint64_t b_bytes);
std::uint64_t crc64nvme_combine(std::uint64_t a, std::uint64_t b, std::uint64_t b_bytes);

// Checksum sum(ChecksumAlgorithm::crc32c); sum.update(bytes); sum.finish_base64() == header_value
class Checksum {
 public:
  explicit Checksum(ChecksumAlgorithm algorithm);
  void update(std::string_view bytes);
  std::string finish();         // raw bytes, big-endian for the CRCs; call once
  std::string finish_base64();  // as the header carries it; call once
  ChecksumAlgorithm algorithm() const { return algorithm_; }

 private:
  ChecksumAlgorithm algorithm_;
  std::variant<std::uint64_t, Sha1, Sha256> state_;
};

}  // namespace rolecall::crypto
