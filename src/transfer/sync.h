// What sync does about each name: copy what is missing or changed, leave the rest, remove what is
// too much when asked to.
#pragma once

#include <optional>

#include "base/result.h"
#include "transfer/files.h"

namespace rolecall::transfer {

enum class Direction { upload, download, copy, remove };
std::string_view direction_name(Direction direction);  // "upload", …, "delete"

struct SyncRules {
  Direction direction = Direction::upload;
  bool size_only = false, exact_timestamps = false, remove_extra = false;
};

// A name that both sides have. (AWS CLI: "s3 sync": sizes differ, or the source is newer; from S3
// to a folder: or the local file is newer.)
bool is_changed(const File& source, const File& target, const SyncRules& rules);

struct SyncStep {
  bool remove = false;  // `file` is the target's own
  File file;
};

// Merges two sources in the order of their keys, holding one file of each.
class Sync {
 public:
  Sync(FileSource& source, FileSource& target, SyncRules rules)
      : source_(source), target_(target), rules_(rules) {}
  // The next thing to do; nullopt: nothing more.
  Result<std::optional<SyncStep>> next();

 private:
  FileSource& source_;
  FileSource& target_;
  SyncRules rules_;
  std::optional<File> at_source_, at_target_;
  bool take_source_ = true, take_target_ = true;
};

}  // namespace rolecall::transfer
