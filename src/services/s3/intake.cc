#include "services/s3/intake.h"

#include <unistd.h>

#include <cerrno>

#include "base/encoding.h"

namespace rolecall::s3 {

namespace {
constexpr std::size_t kReadBytes = 1 << 20;
}

Intake::Intake(Core& core, std::vector<crypto::ChecksumAlgorithm> checksums) : core_(core) {
  for (auto algorithm : checksums) sums_.emplace_back(algorithm);
}

Status Intake::write(std::string_view piece) {
  size_ += piece.size();
  md5_.update(piece);
  for (auto& sum : sums_) sum.update(piece);
  if (file_ == nullptr) {
    if (buffer_.size() + piece.size() <= store::kInlineBytesMax) {
      buffer_.append(piece);
      return {};
    }
    RC_TRY(file_, core_.blobs->create());
    RC_CHECK(file_->write(buffer_));
    buffer_ = {};
  }
  return file_->write(piece);
}

Status Intake::read_from(int fd, std::uint64_t offset, std::uint64_t length) {
  std::string buffer(std::min<std::uint64_t>(length, kReadBytes), '\0');
  while (length > 0) {
    ssize_t n = ::pread(fd, buffer.data(), std::min<std::uint64_t>(length, buffer.size()),
                        static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return fault("s3: an object file is shorter than its row says");
    RC_CHECK(write({buffer.data(), static_cast<std::size_t>(n)}));
    offset += static_cast<std::uint64_t>(n);
    length -= static_cast<std::uint64_t>(n);
  }
  return {};
}

void Intake::close() {
  const crypto::Md5Digest digest = md5_.finish();
  md5_hex_ = hex_encode(digest);
  md5_base64_ = base64_encode(as_text(digest));
  for (auto& sum : sums_) results_.emplace_back(sum.algorithm(), sum.finish_base64());
  sums_.clear();
}

const std::string& Intake::checksum(crypto::ChecksumAlgorithm algorithm) const {
  for (const auto& [known, value] : results_) {
    if (known == algorithm) return value;
  }
  RC_ASSERT(false);
}

Result<store::Bytes> Intake::keep() {
  if (file_ == nullptr) return store::Bytes{"", std::move(buffer_)};
  RC_TRY(std::string id, file_->commit());
  file_ = nullptr;
  return store::Bytes{std::move(id), ""};
}

}  // namespace rolecall::s3
