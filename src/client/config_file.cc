#include "client/config_file.h"

#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "base/files.h"
#include "client/failure.h"

namespace rolecall::client {
namespace {

constexpr std::string_view kBlanks = " \t\v\f\r\n\x1c\x1d\x1e\x1f";
constexpr std::string_view kDefaults = "DEFAULT";

std::string_view strip(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::string_view strip_right(std::string_view text) {
  const std::size_t end = text.find_last_not_of(kBlanks);
  return end == text.npos ? std::string_view() : text.substr(0, end + 1);
}

// Lines end with LF, CR LF or CR.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find_first_of("\r\n");
  if (end == text.npos) return std::exchange(text, {});
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + (text.substr(end, 2) == "\r\n" ? 2 : 1));
  return line;
}

class Reader {
 public:
  explicit Reader(std::string_view path) : path_(path) {}

  Result<ConfigFile> read(std::string_view text) {
    if (!is_valid_utf8(text)) return bad("not UTF-8");
    // Python's configparser takes it for text before the first section; nobody sees it there.
    if (text.starts_with("\xEF\xBB\xBF")) {
      line_ = 1;
      return bad("the file begins with a byte order mark; save it as UTF-8 without");
    }
    while (!text.empty()) {
      ++line_;
      RC_CHECK(take(take_line(text)));
    }
    RC_CHECK(finish_value());
    for (Section& section : out_.sections) {
      for (const auto& [key, value] : defaults_.settings) {
        if (section.find(key) == nullptr) section.settings.emplace_back(key, value);
      }
    }
    return std::move(out_);
  }

 private:
  Error bad(std::string_view why) const {
    return with_note(general_failure("Unable to parse config file: " + std::string(path_)),
                     "line " + std::to_string(line_) + ": " + std::string(why));
  }

  Section* section() {
    if (where_ == Where::none) return nullptr;
    return where_ == Where::defaults ? &defaults_ : &out_.sections.back();
  }

  Status take(std::string_view line) {
    const std::string_view text = strip(line);
    if (text.starts_with('#') || text.starts_with(';')) return {};
    if (text.empty()) {
      if (has_key_) value_.push_back('\n');
      return {};
    }
    const std::size_t indent = line.find_first_not_of(kBlanks);
    if (has_key_ && indent > indent_) {
      value_.append("\n").append(text);
      return {};
    }
    indent_ = indent;
    // The header reaches to the last bracket; what follows it is ignored.
    const std::size_t close = text.rfind(']');
    if (text.front() == '[' && close != text.npos && close > 1) {
      return open_section(text.substr(1, close - 1));
    }
    if (section() == nullptr) return bad("a setting before the first section");
    const std::size_t delimiter = text.find_first_of("=:");
    if (delimiter == text.npos) return bad("neither a section nor `key = value`");
    const std::string_view key = strip_right(text.substr(0, delimiter));
    if (key.empty()) return bad("a value without a key");
    return open_setting(key, strip(text.substr(delimiter + 1)));
  }

  Status open_section(std::string_view name) {
    RC_CHECK(finish_value());
    if (name == kDefaults) {
      where_ = Where::defaults;
      return {};
    }
    if (!names_.emplace(name).second) {
      return bad("section [" + std::string(name) + "] stands here a second time");
    }
    out_.sections.push_back({std::string(name)});
    keys_.clear();
    where_ = Where::section;
    return {};
  }

  Status open_setting(std::string_view key, std::string_view value) {
    RC_CHECK(finish_value());
    key_ = ascii_lower(key);
    auto& keys = where_ == Where::defaults ? default_keys_ : keys_;
    if (!keys.insert(key_).second) return bad("`" + key_ + "` stands here a second time");
    value_ = value;
    has_key_ = true;
    return {};
  }

  Status finish_value() {
    if (!has_key_) return {};
    has_key_ = false;
    Setting setting;
    setting.text = strip_right(value_);
    if (setting.text.starts_with('\n')) {
      setting.is_map = true;
      std::string_view rest = setting.text;
      while (!rest.empty()) {
        const std::string_view line = strip(take_line(rest));
        if (line.empty()) continue;
        const std::size_t equals = line.find('=');
        if (equals == line.npos) return bad("a line of the map `" + key_ + "` has no `=`");
        const std::string_view key = strip(line.substr(0, equals));
        const std::string_view value = strip(line.substr(equals + 1));
        auto found = std::find_if(setting.map.begin(), setting.map.end(),
                                  [&](const auto& pair) { return pair.first == key; });
        if (found != setting.map.end()) {
          found->second = value;
        } else {
          setting.map.emplace_back(key, value);
        }
      }
      setting.text.clear();
    }
    section()->settings.emplace_back(std::move(key_), std::move(setting));
    key_.clear();
    value_.clear();
    return {};
  }

  enum class Where { none, defaults, section };
  std::string_view path_;
  std::size_t line_ = 0;
  std::size_t indent_ = 0;
  Where where_ = Where::none;
  bool has_key_ = false;
  std::string key_, value_;
  std::set<std::string, std::less<>> names_, keys_, default_keys_;
  Section defaults_;
  ConfigFile out_;
};

}  // namespace

const std::string* Setting::find(std::string_view key) const {
  for (const auto& [name, value] : map) {
    if (name == key) return &value;
  }
  return nullptr;
}

const Setting* Section::find(std::string_view key) const {
  for (const auto& [own, value] : settings) {
    if (own == key) return &value;
  }
  return nullptr;
}

void Section::put(std::string_view key, Setting value) {
  for (auto& [own, old] : settings) {
    if (own == key) {
      old = std::move(value);
      return;
    }
  }
  settings.emplace_back(key, std::move(value));
}

Result<ConfigFile> parse_config(std::string_view text, std::string_view path) {
  if (text.size() > kConfigBytesMax) {
    return with_note(general_failure("Unable to parse config file: " + std::string(path)),
                     "larger than 16 MiB");
  }
  return Reader(path).read(text);
}

Result<ConfigFile> read_config(const std::string& path) {
  RC_TRY(const auto text, read_file_if_there(path, kConfigBytesMax));
  if (!text) return ConfigFile{};
  return parse_config(*text, path);
}

}  // namespace rolecall::client
