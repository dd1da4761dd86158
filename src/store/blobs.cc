#include "store/blobs.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace rolecall::store {

namespace {

constexpr std::string_view kTemporary = "tmp";
constexpr std::size_t kCopyBufferBytes = 256 * 1024;

Error failed(std::string_view what, std::string_view path) {
  // Somebody else's files and connections: over in a moment.
  if (errno == EMFILE || errno == ENFILE) {
    return ApiError::make(503, "SlowDown", "Please reduce your request rate.");
  }
  return fault(fmt::format("blobs: {} `{}`: {}", what, path, std::strerror(errno)));
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

 private:
  int fd_;
};

Status make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return failed("mkdir", path);
  return {};
}

Status sync_folder(const std::string& path) {
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return failed("sync folder", path);
  return {};
}

// Names of the plain entries of a folder; empty when it cannot be read.
std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> out;
  DIR* dir = ::opendir(path.c_str());
  if (dir == nullptr) return out;
  while (const dirent* entry = ::readdir(dir)) {
    if (entry->d_name[0] != '.') out.emplace_back(entry->d_name);
  }
  ::closedir(dir);
  return out;
}

std::string folder_name(std::string_view id) { return std::string(id.substr(id.size() - 2)); }

}  // namespace

Result<std::unique_ptr<BlobStore>> BlobStore::open(std::string dir, Random& random) {
  RC_CHECK(make_folder(dir));
  const std::string temporary = dir + "/" + std::string(kTemporary);
  RC_CHECK(make_folder(temporary));
  for (const std::string& name : names_in(temporary)) {
    ::unlink((temporary + "/" + name).c_str());
  }
  return std::unique_ptr<BlobStore>(
      new BlobStore(std::move(dir), fmt::format("{:016x}", random.next_u64())));
}

std::string BlobStore::next_id() { return fmt::format("{}{:08x}", boot_, counter_.fetch_add(1)); }

std::string BlobStore::path(std::string_view id) const {
  return fmt::format("{}/{}/{}", dir_, folder_name(id), id);
}

std::string BlobStore::temporary_path(std::string_view id) const {
  return fmt::format("{}/{}/{}", dir_, kTemporary, id);
}

Status BlobStore::make_folder_of(std::string_view id) const {
  RC_CHECK(make_folder(fmt::format("{}/{}", dir_, folder_name(id))));
  return sync_folder(dir_);
}

Status BlobStore::sync_folder_of(std::string_view id) const {
  return sync_folder(fmt::format("{}/{}", dir_, folder_name(id)));
}

Result<std::unique_ptr<BlobWriter>> BlobStore::create() {
  std::string id = next_id();
  const std::string at = temporary_path(id);
  int fd = ::open(at.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return failed("create", at);
  return std::make_unique<BlobWriter>(*this, std::move(id), fd);
}

Result<std::optional<int>> BlobStore::open_blob(std::string_view id) const {
  const std::string at = path(id);
  int fd = ::open(at.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd >= 0) return std::optional(fd);
  if (errno == ENOENT) return std::optional<int>();
  return failed("open", at);
}

Result<std::string> BlobStore::link(std::string_view id) {
  std::string copy = next_id();
  const std::string from = path(id), to = path(copy);
  // Folders are made when first needed, so that a new server starts without 256 of them.
  if (::link(from.c_str(), to.c_str()) != 0) {
    if (errno != ENOENT) return failed("link", from);
    RC_CHECK(make_folder_of(copy));
    if (::link(from.c_str(), to.c_str()) != 0) return failed("link", from);
  }
  RC_CHECK(sync_folder_of(copy));
  return copy;
}

void BlobStore::remove(std::string_view id) const { ::unlink(path(id).c_str()); }

Result<std::size_t> BlobStore::sweep(
    const std::function<Result<bool>(std::string_view id)>& is_named) const {
  std::size_t removed = 0;
  for (int i = 0; i < 256; ++i) {
    for (const std::string& id : names_in(fmt::format("{}/{:02x}", dir_, i))) {
      if (id.size() < 2 || id.starts_with(boot_)) continue;
      RC_TRY(bool named, is_named(id));
      if (named) continue;
      remove(id);
      ++removed;
    }
  }
  return removed;
}

// ---- writing one ----

BlobWriter::BlobWriter(BlobStore& store, std::string id, int fd)
    : store_(store), id_(std::move(id)), fd_(fd) {}

BlobWriter::~BlobWriter() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(store_.temporary_path(id_).c_str());
}

Status BlobWriter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return failed("write", id_);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Status BlobWriter::append_from(int fd, std::uint64_t offset, std::uint64_t length) {
  auto from = static_cast<off64_t>(offset);
  while (length > 0) {
    ssize_t n = ::copy_file_range(fd, &from, fd_, nullptr, length, 0);
    if (n > 0) {
      length -= static_cast<std::uint64_t>(n);
      continue;
    }
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) return fault("blobs: a blob is shorter than its row says");
    // The file system cannot: copy by hand.
    std::vector<char> buffer(kCopyBufferBytes);
    while (length > 0) {
      n = ::pread(fd, buffer.data(), std::min<std::uint64_t>(length, buffer.size()), from);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failed("read", id_);
      if (n == 0) return fault("blobs: a blob is shorter than its row says");
      RC_CHECK(write({buffer.data(), static_cast<std::size_t>(n)}));
      from += n;
      length -= static_cast<std::uint64_t>(n);
    }
  }
  return {};
}

Result<std::string> BlobWriter::commit() {
  // The bytes first, then the name: a crash in between leaves a temporary file at worst.
  if (::fsync(fd_) != 0) return failed("sync", id_);
  const std::string from = store_.temporary_path(id_), to = store_.path(id_);
  if (::rename(from.c_str(), to.c_str()) != 0) {
    if (errno != ENOENT) return failed("rename", from);
    RC_CHECK(store_.make_folder_of(id_));
    if (::rename(from.c_str(), to.c_str()) != 0) return failed("rename", from);
  }
  ::close(std::exchange(fd_, -1));
  RC_CHECK(store_.sync_folder_of(id_));
  return id_;
}

}  // namespace rolecall::store
