#include "client/file_body.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace rolecall::client {

Result<std::unique_ptr<FileBody>> FileBody::open(const std::string& path, std::uint64_t offset,
                                                 std::uint64_t length) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fault("`" + path + "` cannot be read: " + std::strerror(errno));
  struct stat about{};
  const bool regular = ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
  const std::uint64_t whole = regular ? static_cast<std::uint64_t>(about.st_size) : 0;
  if (!regular) {
    ::close(fd);
    return fault("`" + path + "` is no regular file");
  }
  const std::uint64_t start = std::min(offset, whole);
  return std::unique_ptr<FileBody>(new FileBody(fd, start, std::min(length, whole - start)));
}

FileBody::~FileBody() { ::close(fd_); }

Status FileBody::rewind() {
  read_ = 0;
  return {};
}

Result<std::size_t> FileBody::read(char* into, std::size_t size) {
  const std::size_t wanted = std::min<std::uint64_t>(size, size_ - read_);
  for (;;) {
    const ssize_t got = ::pread(fd_, into, wanted, static_cast<off_t>(offset_ + read_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fault(std::strerror(errno));
    read_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }
}

}  // namespace rolecall::client
