#include "calls/outfile.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/files.h"
#include "calls/numbers.h"
#include "client/failure.h"

namespace rolecall::calls {
namespace {

ApiError os_error(const std::string& path) {
  const int error = errno;
  return client::general_failure("[Errno " + std::to_string(error) + "] " + std::strerror(error) +
                                 ": " + python_repr(path));
}

}  // namespace

Result<std::unique_ptr<Outfile>> Outfile::open(const std::string& path, Random& random) {
  struct stat about{};
  const bool there = ::stat(path.c_str(), &about) == 0;
  if (there && !S_ISREG(about.st_mode)) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return os_error(path);
    return std::unique_ptr<Outfile>(new Outfile(fd, path, ""));
  }
  const std::string target = resolve_links(path);
  // A file that could not be written must not be replaced either.
  if (there && ::access(target.c_str(), W_OK) != 0) return os_error(path);
  const std::string temporary =
      target + ".rolecall-" + random.text(8, "abcdefghijklmnopqrstuvwxyz0123456789");
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return os_error(path);
  if (there) (void)::fchmod(fd, about.st_mode & 07777);
  return std::unique_ptr<Outfile>(new Outfile(fd, target, temporary));
}

Outfile::~Outfile() {
  if (fd_ >= 0) ::close(fd_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

bool Outfile::restart() {
  if (temporary_.empty()) return true;
  return ::ftruncate(fd_, 0) == 0 && ::lseek(fd_, 0, SEEK_SET) == 0;
}

bool Outfile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

Status Outfile::finish() {
  if (::close(std::exchange(fd_, -1)) != 0) return os_error(path_);
  if (temporary_.empty()) return {};
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return os_error(path_);
  temporary_.clear();
  return {};
}

}  // namespace rolecall::calls
