#include "client/config_writer.h"

#include <algorithm>

#include "base/encoding.h"
#include "base/files.h"
#include "client/config_file.h"
#include "client/failure.h"
#include "client/words.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kBlanks = " \t\v\f\r\n";

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(kBlanks), line.size());
}

bool is_comment(std::string_view line) {
  const std::string_view text = line.substr(indent_of(line));
  return text.starts_with('#') || text.starts_with(';');
}

// "[header]" without what stands around it; empty when the line is none.
std::string_view header_of(std::string_view line) {
  const std::string_view text = line.substr(indent_of(line));
  if (!text.starts_with('[')) return {};
  const std::size_t close = text.find(']');
  return close == text.npos || close == 1 ? std::string_view() : text.substr(0, close + 1);
}

bool is_header_of(std::string_view line, std::string_view section) {
  const std::string_view header = header_of(line);
  if (header.empty() || is_comment(line)) return false;
  if (header == "[" + std::string(section) + "]") return true;
  const std::size_t blank = section.find(' ');
  if (blank == section.npos) return false;
  return header == "[" + std::string(section.substr(0, blank)) + " \"" +
                       std::string(section.substr(blank + 1)) + "\"]";
}

struct Option {
  std::string_view key;    // trimmed
  std::size_t indent = 0;  // of the line
};

std::optional<Option> option_of(std::string_view line) {
  const std::size_t delimiter = line.find_first_of("=:");
  if (delimiter == line.npos || delimiter == 0) return std::nullopt;
  return Option{trim(line.substr(0, delimiter)), indent_of(line)};
}

// A changed line keeps the file's way of ending lines.
std::string_view line_end(std::string_view line) { return line.ends_with("\r\n") ? "\r\n" : "\n"; }

std::string new_lines(const Change& change) {
  if (change.sub_key.empty()) return change.key + " = " + change.value + "\n";
  return change.key + " =\n    " + change.sub_key + " = " + change.value + "\n";
}

void insert(std::vector<std::string>& lines, std::size_t at, std::string text) {
  at = std::min(at, lines.size());
  if (at > 0 && !lines[at - 1].ends_with('\n')) lines[at - 1] += '\n';
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), std::move(text));
}

// The map's line is at `at`; its own lines are the more indented ones below.
void change_map(std::vector<std::string>& lines, std::size_t at, const Change& change) {
  const std::size_t indent = indent_of(lines[at]);
  std::size_t last = at;
  std::size_t i = at + 1;
  for (; i < lines.size(); ++i) {
    if (!header_of(lines[i]).empty() && indent_of(lines[i]) <= indent) break;
    const auto option = option_of(lines[i]);
    if (!option || is_comment(lines[i])) continue;
    if (option->indent <= indent) break;
    last = i;
    if (option->key == change.sub_key) {
      lines[i] = std::string(option->indent, ' ') + change.sub_key + " = " + change.value +
                 std::string(line_end(lines[i]));
      return;
    }
  }
  const std::string line = "    " + change.sub_key + " = " + change.value + "\n";
  // The AWS CLI puts it before the next setting, past blank lines and comments; a map that had no
  // lines yet gets its first one right below.
  insert(lines, last == at ? at + 1 : i, line);
}

void change_section(std::vector<std::string>& lines, std::size_t header, const Change& change) {
  std::size_t last = header;
  std::size_t settings_indent = std::string::npos;
  std::size_t i = header + 1;
  for (; i < lines.size(); ++i) {
    if (!header_of(lines[i]).empty()) break;
    const auto option = option_of(lines[i]);
    if (!option) continue;
    last = i;
    if (is_comment(lines[i])) continue;
    // A deeper line belongs to the value above it, whatever it looks like.
    if (option->indent > settings_indent) continue;
    settings_indent = option->indent;
    if (ascii_lower(option->key) != ascii_lower(change.key)) continue;
    if (!change.sub_key.empty()) return change_map(lines, i, change);
    lines[i] = std::string(option->key) + " = " + change.value + std::string(line_end(lines[i]));
    // What continued the old value goes with it.
    std::size_t end = i + 1;
    while (end < lines.size() && indent_of(lines[end]) > settings_indent &&
           !trim(lines[end]).empty() && !is_comment(lines[end])) {
      ++end;
    }
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                lines.begin() + static_cast<std::ptrdiff_t>(end));
    return;
  }
  // In the file's last section the AWS CLI leaves one line (a blank one, a comment) in between.
  insert(lines, i == lines.size() ? last + 2 : last + 1, new_lines(change));
}

}  // namespace

std::string section_of_profile(std::string_view profile) {
  if (profile == "default") return "default";
  const bool blanks = profile.find_first_of(" \t") != profile.npos;
  return "profile " + (blanks ? shell_quote(profile) : std::string(profile));
}

std::string apply_changes(std::string_view text, std::string_view section,
                          const std::vector<Change>& changes) {
  std::vector<std::string> lines = split_lines(text);
  if (changes.empty() && std::none_of(lines.begin(), lines.end(), [&](const auto& line) {
        return is_header_of(line, section);
      })) {
    insert(lines, lines.size(), "[" + std::string(section) + "]\n");
  }
  for (const Change& change : changes) {
    std::size_t header = 0;
    while (header < lines.size() && !is_header_of(lines[header], section)) ++header;
    if (header == lines.size()) {
      insert(lines, lines.size(), "[" + std::string(section) + "]\n");
      lines.push_back(new_lines(change));
    } else {
      change_section(lines, header, change);
    }
    // Lines were inserted in pairs: one element, one line.
    std::string joined;
    for (const auto& line : lines) joined += line;
    lines = split_lines(joined);
  }
  std::string out;
  for (const auto& line : lines) out += line;
  return out;
}

Status change_config(const std::string& path, std::string_view section,
                     const std::vector<Change>& changes) {
  for (const Change& change : changes) {
    for (const std::string_view text :
         {std::string_view(change.key), std::string_view(change.value),
          std::string_view(change.sub_key), section}) {
      if (text.find_first_of("\r\n") != text.npos) {
        return usage_failure("a line feed cannot stand in a configuration file");
      }
    }
    if (trim(change.key).empty() || change.key.find_first_of("=:") != change.key.npos ||
        change.sub_key.find('=') != change.sub_key.npos) {
      return usage_failure("`" + change.key + "` cannot be a setting's name");
    }
  }
  RC_CHECK(make_folders(folder_of(path)));
  // The lock is the real file's folder: two names of one file must meet there.
  const std::string target = resolve_links(path);
  RC_TRY(const FileLock lock, FileLock::on_folder(folder_of(target)));
  RC_TRY(const auto old, read_file_if_there(target, kConfigBytesMax));
  return replace_file(target, apply_changes(old.value_or(""), section, changes));
}

}  // namespace rolecall::client
