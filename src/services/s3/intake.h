// Bytes on their way in: gathered in memory while they are few, in a file once they are many, and
// hashed on the way.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/checksum.h"
#include "crypto/hash.h"
#include "services/s3/core.h"

namespace rolecall::s3 {

// One thread at a time. Destroyed without keep(), it leaves nothing behind.
class Intake {
 public:
  // `checksums`: what to compute beside MD5.
  Intake(Core& core, std::vector<crypto::ChecksumAlgorithm> checksums);
  Status write(std::string_view piece);
  // `length` bytes of a file.
  Status read_from(int fd, std::uint64_t offset, std::uint64_t length);

  std::uint64_t size() const { return size_; }
  bool in_file() const { return file_ != nullptr; }

  // After the last write, once: hex and base64.
  void close();
  const std::string& md5_hex() const { return md5_hex_; }
  const std::string& md5_base64() const { return md5_base64_; }
  // Base64 of one of the algorithms asked for. Precondition: it was.
  const std::string& checksum(crypto::ChecksumAlgorithm algorithm) const;

  // The bytes, durable if they are a file (then this waits for the disk).
  Result<store::Bytes> keep();

 private:
  Core& core_;
  std::uint64_t size_ = 0;
  std::string buffer_;
  std::unique_ptr<store::BlobWriter> file_;
  crypto::Md5 md5_;
  std::vector<crypto::Checksum> sums_;
  std::vector<std::pair<crypto::ChecksumAlgorithm, std::string>> results_;
  std::string md5_hex_, md5_base64_;
};

}  // namespace rolecall::s3
