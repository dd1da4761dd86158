// A part of a file as a request's body.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/client.h"

namespace rolecall::client {

class FileBody : public http::BodySource {
 public:
  // From `offset`, `length` bytes or up to the end. A Fault when it is no readable regular file.
  static Result<std::unique_ptr<FileBody>> open(
      const std::string& path, std::uint64_t offset = 0,
      std::uint64_t length = std::numeric_limits<std::uint64_t>::max());
  ~FileBody() override;
  FileBody(const FileBody&) = delete;
  FileBody& operator=(const FileBody&) = delete;

  std::uint64_t size() const override { return size_; }
  Status rewind() override;
  Result<std::size_t> read(char* into, std::size_t size) override;

 private:
  FileBody(int fd, std::uint64_t offset, std::uint64_t size)
      : fd_(fd), offset_(offset), size_(size) {}
  int fd_;
  std::uint64_t offset_, size_, read_ = 0;
};

}  // namespace rolecall::client
