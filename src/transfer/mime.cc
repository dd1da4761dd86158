#include "transfer/mime.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/files.h"
#include "transfer/mime_table.h"

namespace rolecall::transfer {
namespace {

constexpr const char* kMachineFile = "/etc/mime.types";
constexpr std::size_t kFileBytesMax = 4u << 20;  // Debian's has 70 KiB

// One ending that stands for two, and those that only say how a file is packed.
constexpr std::pair<std::string_view, std::string_view> kShort[] = {
    {".svgz", ".svg.gz"}, {".taz", ".tar.gz"}, {".tbz2", ".tar.bz2"},
    {".tgz", ".tar.gz"},  {".txz", ".tar.xz"}, {".tz", ".tar.gz"},
};
constexpr std::string_view kPacked[] = {".Z", ".br", ".bz2", ".gz", ".xz"};

struct Split {
  std::string base, ending;
};
// os.path.splitext: dots in front of a name begin no ending.
Split split(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  std::size_t name = slash == path.npos ? 0 : slash + 1;
  const std::size_t dot = path.rfind('.');
  while (name < path.size() && path[name] == '.') ++name;
  if (dot == path.npos || dot < name) return {std::string(path), ""};
  return {std::string(path.substr(0, dot)), std::string(path.substr(dot))};
}

const std::string_view* long_form(std::string_view ending) {
  for (const auto& [one, two] : kShort) {
    if (equal_ignoring_case(one, ending)) return &two;
  }
  return nullptr;
}

}  // namespace

MimeTypes MimeTypes::of(std::string_view text) {
  MimeTypes out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::string type;
    while (!(line = trim(line)).empty()) {
      const std::size_t blank = std::min(line.find_first_of(" \t"), line.size());
      const std::string_view word = line.substr(0, blank);
      line.remove_prefix(blank);
      if (word.starts_with('#')) break;
      if (type.empty()) {
        type = word;
      } else {
        out.own_["." + std::string(word)] = type;
      }
    }
  }
  return out;
}

MimeTypes MimeTypes::of_machine() {
  const auto text = read_file_if_there(kMachineFile, kFileBytesMax);
  return of(text && *text ? std::string_view(**text) : std::string_view());
}

std::optional<std::string_view> MimeTypes::find(std::string_view ending) const {
  if (const auto own = own_.find(ending); own != own_.end()) return own->second;
  const auto known =
      std::lower_bound(std::begin(kKnownTypes), std::end(kKnownTypes), ending,
                       [](const auto& row, std::string_view e) { return row.first < e; });
  if (known == std::end(kKnownTypes) || known->first != ending) return std::nullopt;
  return known->second;
}

std::optional<std::string_view> MimeTypes::guess(std::string_view path) const {
  Split at = split(path);
  while (const std::string_view* both = long_form(at.ending))
    at = split(at.base + std::string(*both));
  if (std::find(std::begin(kPacked), std::end(kPacked), at.ending) != std::end(kPacked)) {
    at = split(at.base);
  }
  if (const auto exact = find(at.ending)) return exact;
  return find(ascii_lower(at.ending));
}

}  // namespace rolecall::transfer
