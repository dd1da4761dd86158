// Moved to base/files.h; the names stay here until nobody uses them.
#pragma once

#include "base/files.h"

namespace rolecall::client {

using rolecall::FileLock;
using rolecall::folder_of;
using rolecall::make_folders;
using rolecall::read_file_if_there;
using rolecall::replace_file;
using rolecall::resolve_links;

}  // namespace rolecall::client
