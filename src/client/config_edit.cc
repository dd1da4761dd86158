#include "client/config_edit.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/files.h"
#include "client/config_file.h"
#include "client/config_writer.h"
#include "client/failure.h"
#include "client/profiles.h"
#include "client/words.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kBlanks = " \t\v\f\r\n\x1c\x1d\x1e\x1f";  // the reader's

// Which profile a section's name stands for; "" for none.
std::string profile_of(FileKind kind, std::string_view section) {
  if (kind == FileKind::credentials || section == "default") return std::string(section);
  const auto words = split_words(section);
  if (!section.starts_with("profile") || !words || words->size() != 2) return {};
  return (*words)[1];
}

std::string_view strip(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// One line with its end, as the reader divides lines.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
  const std::size_t size = std::min(text.size(), end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
  const std::string_view line = text.substr(0, size);
  text.remove_prefix(size);
  return line;
}

bool wanted(std::span<const std::string_view> keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

// Walks as config_file.cc's Reader does: what it takes for a setting, a continuation or a header is
// taken for the same here.
std::string drop_lines(std::string_view text, FileKind kind, std::string_view profile,
                       std::span<const std::string_view> keys) {
  std::string out;
  bool in_profile = false, has_key = false, dropping = false;
  std::size_t indent = 0;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const std::string_view content = strip(line);
    if (content.empty() || content.starts_with('#') || content.starts_with(';')) {
      out += line;
      continue;
    }
    const std::size_t own_indent = line.find_first_not_of(kBlanks);
    if (!has_key || own_indent <= indent) {
      indent = own_indent;
      const std::size_t close = content.rfind(']');
      if (content.front() == '[' && close != content.npos && close > 1) {
        in_profile = profile_of(kind, content.substr(1, close - 1)) == profile;
        has_key = dropping = false;
      } else {
        const std::string_view key = strip(content.substr(0, content.find_first_of("=:")));
        has_key = true;
        dropping = in_profile && wanted(keys, ascii_lower(key));
      }
    }
    if (!dropping) out += line;
  }
  return out;
}

bool same_setting(const Setting& a, const Setting& b) {
  return a.is_map == b.is_map && a.text == b.text && a.map == b.map;
}

bool same_settings(const Section& a, const Section& b) {
  if (a.name != b.name || a.settings.size() != b.settings.size()) return false;
  // The order is not compared: a new setting may stand anywhere in its section.
  return std::all_of(a.settings.begin(), a.settings.end(), [&](const auto& pair) {
    const Setting* other = b.find(pair.first);
    return other != nullptr && same_setting(pair.second, *other);
  });
}

bool same_sections(const std::vector<Section>& a, const std::vector<Section>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), same_settings);
}

std::vector<Section> profiles_in(FileKind kind, const ConfigFile& file) {
  if (kind == FileKind::credentials) return file.sections;
  return Profiles::of(file, {}).all();
}

Result<bool> is_there(const std::string& path) {
  RC_TRY(const auto text, read_file_if_there(path, kConfigBytesMax));
  return text.has_value();
}

Error cannot_edit(const std::string& path) {
  return general_failure("`" + path +
                         "` could not be changed safely by a program; it was left as it is");
}

}  // namespace

Result<std::string> without_settings(std::string_view text, FileKind kind, std::string_view profile,
                                     std::span<const std::string_view> keys,
                                     const std::string& path) {
  RC_TRY(const ConfigFile before, parse_config(text, path));
  std::string out = drop_lines(text, kind, profile, keys);
  RC_TRY(const ConfigFile after, parse_config(out, path));
  std::vector<Section> expected = profiles_in(kind, before);
  for (Section& section : expected) {
    if (section.name != profile) continue;
    std::erase_if(section.settings, [&](const auto& pair) { return wanted(keys, pair.first); });
  }
  if (same_sections(expected, profiles_in(kind, after))) return out;
  return with_note(cannot_edit(path),
                   "settings of [DEFAULT] and headers of unusual form have to be "
                   "changed by hand");
}

Result<std::string> with_setting(std::string_view text, FileKind kind, std::string_view profile,
                                 const std::string& key, const std::string& value,
                                 const std::string& path) {
  if (value.find_first_of("\r\n") != value.npos) {
    return usage_failure("a line feed cannot stand in a configuration file");
  }
  RC_TRY(const ConfigFile before, parse_config(text, path));
  const std::string header =
      kind == FileKind::config ? section_of_profile(profile) : std::string(profile);
  std::string out = apply_changes(text, header, {{key, value}});
  RC_TRY(const ConfigFile after, parse_config(out, path));
  std::vector<Section> expected = profiles_in(kind, before);
  auto section = std::find_if(expected.begin(), expected.end(),
                              [&](const Section& each) { return each.name == profile; });
  if (section == expected.end()) {
    section = expected.insert(expected.end(), Section{std::string(profile)});
  }
  section->put(key, Setting{value});
  if (same_sections(expected, profiles_in(kind, after))) return out;
  return with_note(cannot_edit(path), "add to the profile by hand: " + key + " = " +
                                          (key == "credential_process" ? value : "…"));
}

Status edit_config(const std::string& path,
                   const std::function<Result<std::string>(std::string_view old)>& change) {
  RC_TRY(const bool exists, is_there(path));
  if (!exists) {
    // Nothing to change: not a reason to make a folder.
    RC_TRY(const std::string text, change(""));
    if (text.empty()) return {};
  }
  RC_CHECK(make_folders(folder_of(path)));
  // The lock is the real file's folder: two names of one file must meet there.
  const std::string target = resolve_links(path);
  RC_TRY(const FileLock lock, FileLock::on_folder(folder_of(target)));
  RC_TRY(const auto old, read_file_if_there(target, kConfigBytesMax));
  RC_TRY(const std::string text, change(old.value_or("")));
  if (old.value_or("") == text) return {};
  RC_CHECK(replace_file(target, text));
  sync_folder(folder_of(target));
  return {};
}

}  // namespace rolecall::client
