#include "transfer/places.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <vector>

#include "client/failure.h"

namespace rolecall::transfer {
namespace {

// "arn:aws:s3:region:account:accesspoint/name" or the like: where its resource begins and ends.
struct ArnParts {
  std::string_view service, resource;
};
std::optional<ArnParts> arn_parts(std::string_view path) {
  if (!path.starts_with("arn:aws")) return std::nullopt;
  std::array<std::string_view, 5> fields;
  for (auto& field : fields) {
    const std::size_t colon = path.find(':');
    if (colon == path.npos) return std::nullopt;
    field = path.substr(0, colon);
    path.remove_prefix(colon + 1);
  }
  return ArnParts{fields[2], path};
}

bool is_folder_on_disk(const std::string& path) {
  struct stat about{};
  return ::stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

std::vector<std::string_view> pieces(std::string_view path) {
  std::vector<std::string_view> out;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view piece = path.substr(0, slash);
    if (!piece.empty() && piece != ".") out.push_back(piece);
    path = slash == path.npos ? std::string_view() : path.substr(slash + 1);
  }
  return out;
}

std::string working_folder() {
  char path[4096];
  return ::getcwd(path, sizeof path) == nullptr ? "/" : path;
}

}  // namespace

S3Path split_s3_path(std::string_view path) {
  std::size_t slash = path.find('/');
  if (const auto arn = arn_parts(path); arn && arn->resource.starts_with("accesspoint")) {
    // The name belongs to the bucket; the key begins after the next slash.
    const std::size_t at = static_cast<std::size_t>(arn->resource.data() - path.data());
    const std::size_t name = at + std::string_view("accesspoint/").size();
    slash = name < path.size() ? path.find('/', name) : path.npos;
  }
  if (slash == path.npos) return {std::string(path), ""};
  return {std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

Status check_s3_path(std::string_view path) {
  if (is_s3(path)) path.remove_prefix(kScheme.size());
  const auto arn = arn_parts(path);
  if (!arn) return {};
  if (arn->service == "s3-object-lambda") {
    return client::usage_failure(
        "s3 commands do not support S3 Object Lambda resources. Use s3api commands instead.");
  }
  if (arn->service == "s3-outposts" && arn->resource.find("bucket") != arn->resource.npos) {
    return client::usage_failure(
        "s3 commands do not support Outpost Bucket ARNs. Use s3control commands instead.");
  }
  return client::usage_failure("s3 commands here do not support access points: " +
                               std::string(path));
}

std::string normal_path(std::string_view path) {
  if (path.empty()) return ".";
  // POSIX: exactly two leading slashes are something of their own.
  std::string out = path.starts_with("//") && !path.starts_with("///") ? "//"
                    : path.starts_with('/')                            ? "/"
                                                                       : "";
  const bool rooted = !out.empty();
  std::vector<std::string_view> kept;
  for (const std::string_view piece : pieces(path)) {
    if (piece != ".." || (!rooted && kept.empty()) || (!kept.empty() && kept.back() == "..")) {
      kept.push_back(piece);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (i > 0) out += '/';
    out += kept[i];
  }
  return out.empty() ? "." : out;
}

std::string absolute_path(std::string_view path) {
  if (path.starts_with('/')) return normal_path(path);
  return normal_path(working_folder() + "/" + std::string(path));
}

std::string relative_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder =
      absolute_path(slash == path.npos ? "." : path.substr(0, std::max<std::size_t>(slash, 1)));
  const std::string_view name = slash == path.npos ? path : path.substr(slash + 1);
  const std::string here = working_folder();
  const auto there_pieces = pieces(folder), here_pieces = pieces(here);
  std::size_t common = 0;
  while (common < there_pieces.size() && common < here_pieces.size() &&
         there_pieces[common] == here_pieces[common]) {
    ++common;
  }
  std::string out;
  for (std::size_t i = common; i < here_pieces.size(); ++i) out += "../";
  for (std::size_t i = common; i < there_pieces.size(); ++i) {
    out.append(there_pieces[i]).append("/");
  }
  if (out.empty()) out = "./";
  return out.append(name);
}

Ends make_ends(std::string_view source, std::string_view target, bool is_folder) {
  Ends ends;
  ends.is_folder = is_folder;
  const auto place = [is_folder](std::string_view path, bool& names_a_folder) {
    Place out;
    out.s3 = is_s3(path);
    if (out.s3) {
      out.path = path.substr(kScheme.size());
      names_a_folder = is_folder || out.path.ends_with('/');
      if (is_folder && !out.path.ends_with('/')) out.path += '/';
      return out;
    }
    out.path = absolute_path(path);
    names_a_folder = is_folder || path.ends_with('/') || is_folder_on_disk(out.path);
    if (names_a_folder) out.path += '/';
    return out;
  };
  bool ignored = false;
  ends.source = place(source, ignored);
  ends.target = place(target, ends.keeps_name);
  return ends;
}

Names name_at_target(const Ends& ends, std::string_view source_path) {
  Names out;
  out.key = ends.is_folder
                ? source_path.substr(std::min(ends.source.path.size(), source_path.size()))
                : source_path.substr(source_path.rfind('/') + 1);
  out.target = ends.keeps_name ? ends.target.path + out.key : ends.target.path;
  return out;
}

bool leads_outside(std::string_view key) {
  // A zero byte would cut the path short for the system and hide what follows it.
  if (key.find('\0') != key.npos) return true;
  // Slashes in front do not make it absolute: it is put behind a folder's name. "/../x" leads out.
  key.remove_prefix(std::min(key.find_first_not_of('/'), key.size()));
  const std::string normal = normal_path(key);
  return normal == ".." || normal.starts_with("../");
}

}  // namespace rolecall::transfer
