// The few things this room asks of the file system beside SQLite.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace rolecall::store {

// Makes the folder and those above it; what it makes is 0700. Not an error when it is there.
Status make_folder(const std::string& path);
// Replaces the file as a whole (temporary file, sync, rename, sync of the folder); mode 0600.
Status write_file_durably(const std::string& path, std::string_view bytes);
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);
Status sync_folder(const std::string& path);
std::string parent_folder(const std::string& path);

// Held while it lives: one process per data folder. The kernel lets go when the process dies.
class FolderLock {
 public:
  static Result<FolderLock> take(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace rolecall::store
