// Small files, read whole and replaced whole: a reader never sees half a file, a crash leaves the
// old one, two writers wait for each other.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace rolecall {

// nullopt when there is no such file (or it is not a regular one).
Result<std::optional<std::string>> read_file_if_there(const std::string& path,
                                                      std::size_t bytes_max);

// Whether a file must outlive a loss of power from now on. Waiting for the disk takes 5 to 30 ms:
// what is made again when it is lost or broken does without.
enum class Sync : std::uint8_t { to_disk, none };

// Writes beside the file, then renames over it. A symbolic link is followed and stays. The mode of
// an existing file is kept; a new one gets `mode`.
Status replace_file(const std::string& path, std::string_view contents, unsigned mode = 0600,
                    Sync sync = Sync::to_disk);

// mkdir -p; folders that are missing get 0700.
Status make_folders(const std::string& path);

// ---- files with secrets, in a folder of the user's own ----
// Whoever can write to such a folder could plant a file, or a link to somewhere else, before us.

// A Fault, with what to do, unless the folder belongs to this user and nobody else can write to
// it. Precondition: it is there.
Status check_private_folder(const std::string& path);
// nullopt also when the file is a link, somebody else's, or writable by others: then nobody knows
// who wrote it.
Result<std::optional<std::string>> read_private_file_if_there(const std::string& path,
                                                              std::size_t bytes_max);
// As replace_file, but what stands there counts for nothing: a link is replaced, not followed, and
// the file is the user's with mode 0600 whatever it was before.
Status replace_private_file(const std::string& path, std::string_view contents,
                            Sync sync = Sync::to_disk);

// An exclusive lock held until destroyed (flock: it goes with the process). On a folder it leaves
// nothing behind.
class FileLock {
 public:
  // Waits. The file is made (0600) if missing and not removed after.
  static Result<FileLock> on_file(const std::string& path);
  // The same, but a link or somebody else's file is refused.
  static Result<FileLock> on_private_file(const std::string& path);
  static Result<FileLock> on_folder(const std::string& path);
  FileLock(FileLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

// Makes what was renamed into a folder outlast a loss of power. Best effort.
void sync_folder(const std::string& path);

// Where a symbolic link leads in the end; any other path as it is.
std::string resolve_links(const std::string& path);

// The folder part of a path, "." when there is none.
std::string folder_of(const std::string& path);

}  // namespace rolecall
