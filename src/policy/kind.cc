#include "policy/kind.h"

#include <array>
#include <utility>

namespace rolecall::policy {
namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 12> kNames = {{
    {"managed", Kind::managed},
    {"inline", Kind::inline_},
    {"boundary", Kind::boundary},
    {"session", Kind::session},
    {"trust", Kind::trust},
    {"bucket", Kind::bucket},
    {"queue", Kind::queue},
    {"topic", Kind::topic},
    {"key", Kind::key},
    {"resource", Kind::resource},
    {"scp", Kind::scp},
    {"rcp", Kind::rcp},
}};

}  // namespace

std::optional<Kind> parse_kind(std::string_view name) {
  if (name == "identity") return Kind::inline_;
  for (const auto& [text, kind] : kNames) {
    if (text == name) return kind;
  }
  return std::nullopt;
}

std::string_view kind_name(Kind kind) {
  for (const auto& [text, value] : kNames) {
    if (value == kind) return text;
  }
  return "";
}

}  // namespace rolecall::policy
