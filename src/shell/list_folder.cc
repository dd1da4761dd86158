#include "shell/list_folder.h"

#include <dirent.h>
#include <sys/stat.h>

#include <memory>

namespace rolecall::shell {

std::vector<std::string> list_folder(std::string_view typed,
                                     const client::Environment& environment) {
  const std::size_t slash = typed.rfind('/');
  const std::string folder(slash == typed.npos ? "" : typed.substr(0, slash + 1));
  const std::string_view begin = slash == typed.npos ? typed : typed.substr(slash + 1);
  const std::string path = folder.empty() ? "." : environment.expand_path(folder);
  std::vector<std::string> out;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(path.c_str()), &::closedir);
  if (stream == nullptr) return out;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || !name.starts_with(begin)) continue;
    if (name.starts_with('.') && begin.empty()) continue;
    bool is_folder = entry->d_type == DT_DIR;
    if (entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN) {
      struct stat about{};
      is_folder =
          ::stat((path + "/" + std::string(name)).c_str(), &about) == 0 && S_ISDIR(about.st_mode);
    }
    out.push_back(folder + std::string(name) + (is_folder ? "/" : ""));
    if (out.size() >= kFolderEntriesMax) break;
  }
  return out;
}

}  // namespace rolecall::shell
