#include "base/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

namespace rolecall {
namespace {

Error system_failure(std::string_view what, const std::string& path) {
  const int number = errno;
  return fault("cannot " + std::string(what) + " `" + path + "`: " + std::strerror(number));
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

// What replace_file and replace_private_file share: the file is made beside, then renamed.
// `owner`: whose it becomes; nullptr: ours.
Status write_beside(const std::string& target, std::string_view contents, mode_t mode,
                    const struct stat* owner, Sync sync) {
  std::string beside = target + ".XXXXXX";
  Descriptor file(::mkostemp(beside.data(), O_CLOEXEC));
  if (file.get() < 0) return system_failure("write beside", target);
  // The owner first: changing it clears mode bits.
  bool good = true;
  if (owner != nullptr && (owner->st_uid != ::geteuid() || owner->st_gid != ::getegid())) {
    if (::fchown(file.get(), owner->st_uid, owner->st_gid) != 0) good = ::geteuid() != 0;
  }
  good = good && ::fchmod(file.get(), mode) == 0 && write_all(file.get(), contents) &&
         (sync == Sync::none || ::fsync(file.get()) == 0) && file.close() &&
         ::rename(beside.c_str(), target.c_str()) == 0;
  if (good) return {};
  const Error error = system_failure("write", target);
  ::unlink(beside.c_str());
  return error;
}

// Ours alone to write, and a regular file.
bool is_private(const struct stat& about) {
  return S_ISREG(about.st_mode) && about.st_uid == ::geteuid() && (about.st_mode & 022) == 0;
}

Result<std::string> read_all(int fd, const std::string& path, std::size_t bytes_max) {
  std::string text;
  char piece[16 * 1024];
  while (true) {
    const ssize_t got = ::read(fd, piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("read", path);
    if (got == 0) return text;
    text.append(piece, static_cast<std::size_t>(got));
    if (text.size() > bytes_max) return fault("`" + path + "` is too large");
  }
}

Result<int> lock(int fd, const std::string& path) {
  if (fd < 0) return system_failure("open", path);
  while (::flock(fd, LOCK_EX) != 0) {
    if (errno == EINTR) continue;
    const Error error = system_failure("lock", path);
    ::close(fd);
    return error;
  }
  return fd;
}

}  // namespace

std::string resolve_links(const std::string& path) {
  char resolved[PATH_MAX];
  return ::realpath(path.c_str(), resolved) != nullptr ? resolved : path;
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<std::optional<std::string>> read_file_if_there(const std::string& path,
                                                      std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>();
    return system_failure("read", path);
  }
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return system_failure("read", path);
  if (S_ISDIR(about.st_mode)) return std::optional<std::string>();
  RC_TRY(std::string text, read_all(file.get(), path, bytes_max));
  return std::optional<std::string>(std::move(text));
}

Status replace_file(const std::string& path, std::string_view contents, unsigned mode, Sync sync) {
  const std::string target = resolve_links(path);
  struct stat about{};
  const bool exists = ::stat(target.c_str(), &about) == 0;
  if (exists && !S_ISREG(about.st_mode)) {
    return fault("`" + path + "` is not a file");
  }
  return write_beside(target, contents, exists ? about.st_mode & 07777 : mode,
                      exists ? &about : nullptr, sync);
}

Status check_private_folder(const std::string& path) {
  struct stat about{};
  if (::stat(path.c_str(), &about) != 0) return system_failure("look at", path);
  if (!S_ISDIR(about.st_mode)) return fault("`" + path + "` is not a folder");
  if (about.st_uid != ::geteuid()) {
    return fault("the folder `" + path + "` belongs to another user");
  }
  if ((about.st_mode & 022) != 0) {
    return fault("others can write to the folder `" + path + "`: chmod 700 it");
  }
  return {};
}

Result<std::optional<std::string>> read_private_file_if_there(const std::string& path,
                                                              std::size_t bytes_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP) return std::optional<std::string>();
    return system_failure("read", path);
  }
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return system_failure("read", path);
  if (!is_private(about)) return std::optional<std::string>();
  RC_TRY(std::string text, read_all(file.get(), path, bytes_max));
  return std::optional<std::string>(std::move(text));
}

Status replace_private_file(const std::string& path, std::string_view contents, Sync sync) {
  return write_beside(path, contents, 0600, nullptr, sync);
}

void sync_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  [[maybe_unused]] const int ignored = ::fsync(folder.get());
}

Status make_folders(const std::string& path) {
  if (path.empty() || path == "/" || path == ".") return {};
  struct stat about{};
  if (::stat(path.c_str(), &about) == 0) {
    if (S_ISDIR(about.st_mode)) return {};
    return fault("`" + path + "` is not a folder");
  }
  RC_CHECK(make_folders(folder_of(path)));
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return system_failure("make", path);
  return {};
}

Result<FileLock> FileLock::on_file(const std::string& path) {
  RC_TRY(const int fd,
         lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), path));
  return FileLock(fd);
}

Result<FileLock> FileLock::on_private_file(const std::string& path) {
  RC_TRY(const int fd,
         lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), path));
  FileLock out(fd);
  struct stat about{};
  if (::fstat(fd, &about) != 0) return system_failure("look at", path);
  // Others may hold a lock on a file of theirs for ever; of ours they cannot open it.
  if (!is_private(about)) return fault("`" + path + "` is not a file of this user alone");
  return out;
}

Result<FileLock> FileLock::on_folder(const std::string& path) {
  RC_TRY(const int fd, lock(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), path));
  return FileLock(fd);
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace rolecall
