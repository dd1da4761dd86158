// Walking folders depth first, names sorted as S3 sorts keys: a folder counts with its slash.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/encoding.h"
#include "client/failure.h"
#include "transfer/files.h"
#include "transfer/report.h"

namespace rolecall::transfer {
namespace {

bool stat_of(const std::string& path, struct stat& about) {
  return ::stat(path.c_str(), &about) == 0;
}

bool is_link(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  struct stat about{};
  return ::lstat(path.c_str(), &about) == 0 && S_ISLNK(about.st_mode);
}

Result<std::vector<std::string>> names_in(const std::string& folder) {
  DIR* open = ::opendir(folder.c_str());
  if (open == nullptr) {
    return client::general_failure("[Errno " + std::to_string(errno) + "] " + std::strerror(errno) +
                                   ": '" + folder + "'");
  }
  std::vector<std::string> out;
  while (const dirent* entry = ::readdir(open)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") out.emplace_back(name);
  }
  ::closedir(open);
  return out;
}

class LocalSource final : public FileSource {
 public:
  LocalSource(Ends ends, bool follow_symlinks, Warn warn)
      : ends_(std::move(ends)), follow_symlinks_(follow_symlinks), warn_(std::move(warn)) {}

  Result<std::optional<File>> next() override {
    if (!begun_) {
      begun_ = true;
      struct stat about{};
      if (is_left_out(ends_.source.path, about)) return std::optional<File>();
      if (!ends_.is_folder) return std::optional(file_of(ends_.source.path, about));
      RC_CHECK(enter(ends_.source.path));
    }
    while (!levels_.empty()) {
      Level& level = levels_.back();
      if (level.at == level.names.size()) {
        levels_.pop_back();
        continue;
      }
      const std::string path = level.folder + level.names[level.at++];
      struct stat about{};
      if (!stat_of(path, about)) {
        warn_(skip_warning(path, "File does not exist."));
      } else if (S_ISDIR(about.st_mode)) {
        // Looked at already when its name was taken; once more, it may have changed meanwhile.
        if (!is_left_out(path, about)) RC_CHECK(enter(path));
      } else {
        return std::optional(file_of(path, about));
      }
    }
    return std::optional<File>();
  }

 private:
  struct Level {
    std::string folder;  // ends with a slash
    std::vector<std::string> names;
    std::size_t at = 0;
  };

  // Not to be followed, not there, special or unreadable; all but the first are warned about.
  bool is_left_out(const std::string& path, struct stat& about) {
    if (!follow_symlinks_ && is_link(path)) return true;
    std::string_view why;
    if (!stat_of(path, about)) {
      why = "File does not exist.";
    } else if (S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode) || S_ISFIFO(about.st_mode) ||
               S_ISSOCK(about.st_mode)) {
      why = "File is character special device, block special device, FIFO, or socket.";
    } else if (::faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) {
      why = "File/Directory is not readable.";
    }
    if (!why.empty()) warn_(skip_warning(path, why));
    return !why.empty();
  }

  Status enter(const std::string& folder) {
    Level level{folder, {}};
    if (!level.folder.ends_with('/')) level.folder += '/';
    RC_TRY(auto names, names_in(folder));
    for (auto& name : names) {
      if (!is_valid_utf8(name)) {
        warn_(skip_warning(level.folder + name, "File name is not UTF-8."));
        continue;
      }
      struct stat about{};
      if (is_left_out(level.folder + name, about)) continue;
      if (S_ISDIR(about.st_mode)) name += '/';
      level.names.push_back(std::move(name));
    }
    std::sort(level.names.begin(), level.names.end());
    levels_.push_back(std::move(level));
    return {};
  }

  File file_of(const std::string& path, const struct stat& about) const {
    Names names = name_at_target(ends_, path);
    File out;
    out.path = path;
    out.target = std::move(names.target);
    out.key = std::move(names.key);
    out.size = static_cast<std::uint64_t>(about.st_size);
    out.modified = Instant{about.st_mtim.tv_sec * 1'000'000 + about.st_mtim.tv_nsec / 1'000};
    return out;
  }

  Ends ends_;
  bool follow_symlinks_, begun_ = false;
  Warn warn_;
  std::vector<Level> levels_;
};

}  // namespace

std::unique_ptr<FileSource> make_local_source(const Ends& ends, bool follow_symlinks, Warn warn) {
  return std::make_unique<LocalSource>(ends, follow_symlinks, std::move(warn));
}

}  // namespace rolecall::transfer
