#include "shell/recent.h"

#include <fmt/core.h>

#include <charconv>
#include <cmath>
#include <vector>

#include "base/files.h"
#include "client/cache.h"
#include "shell/usage.h"

namespace rolecall::shell {
namespace {

// What four decimals can say; and more than anybody picks in a week.
constexpr double kWeightMin = 0.0001, kWeightMax = 1e9;

double decayed(double weight, std::int64_t seconds) {
  // A clock that went back makes nothing grow.
  return weight * std::exp2(-static_cast<double>(std::max<std::int64_t>(seconds, 0)) /
                            static_cast<double>(kHalfLifeSeconds));
}

template <class Number>
bool take_number(std::string_view& text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  if (error != std::errc() || end == text.data() + text.size() || *end != ' ') return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return true;
}

std::string path_of(const client::Environment& environment) {
  // Beside the sessions' folder.
  return folder_of(client::SessionCache(environment).folder()) + "/recent-profiles";
}

}  // namespace

Recent Recent::parse(std::string_view text) {
  Recent out;
  for (std::string_view line : split_at(text, '\n')) {
    Use use;
    if (!take_number(line, use.at) || !take_number(line, use.weight) || line.empty()) continue;
    if (!(use.weight >= kWeightMin && use.weight <= kWeightMax)) continue;
    out.uses_.insert_or_assign(std::string(line), use);
    if (out.uses_.size() >= kRecentNamesMax) break;
  }
  return out;
}

std::string Recent::format() const {
  std::string out;
  for (const auto& [name, use] : uses_) {
    if (name.find('\n') == name.npos) {
      out += fmt::format("{} {:.4f} {}\n", use.at, use.weight, name);
    }
  }
  return out;
}

void Recent::use(std::string_view name, Instant now) {
  const double before = weight(name, now);
  uses_.insert_or_assign(std::string(name), Use{now.seconds(), before + 1});
  while (uses_.size() > kRecentNamesMax) {
    auto least = uses_.begin();
    for (auto at = uses_.begin(); at != uses_.end(); ++at) {
      if (decayed(at->second.weight, now.seconds() - at->second.at) <
          decayed(least->second.weight, now.seconds() - least->second.at)) {
        least = at;
      }
    }
    uses_.erase(least);
  }
}

double Recent::weight(std::string_view name, Instant now) const {
  const auto found = uses_.find(name);
  if (found == uses_.end()) return 0;
  return decayed(found->second.weight, now.seconds() - found->second.at);
}

Recent read_recent(const client::Environment& environment) {
  const auto text = read_file_if_there(path_of(environment), kRecentBytesMax);
  return text && *text ? Recent::parse(**text) : Recent();
}

Status note_use(const client::Environment& environment, std::string_view name, Instant now) {
  const std::string path = path_of(environment);
  RC_CHECK(make_folders(folder_of(path)));
  RC_TRY(const auto lock, FileLock::on_folder(folder_of(path)));
  Recent recent = read_recent(environment);
  recent.use(name, now);
  return replace_private_file(path, recent.format());
}

}  // namespace rolecall::shell
