#include "client/environment.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "base/encoding.h"

extern char** environ;

namespace rolecall::client {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string expand_variables(std::string_view path, const Environment& environment) {
  std::string out;
  while (!path.empty()) {
    const std::size_t dollar = std::min(path.find('$'), path.size());
    out += path.substr(0, dollar);
    path.remove_prefix(dollar);
    if (path.empty()) break;
    std::size_t end = 1;
    std::string_view name;
    if (path.size() > 1 && path[1] == '{') {
      const std::size_t close = path.find('}');
      if (close == path.npos) return out.append(path);
      name = path.substr(2, close - 2);
      end = close + 1;
    } else {
      while (end < path.size() && is_name_char(path[end])) ++end;
      name = path.substr(1, end - 1);
    }
    const auto value = name.empty() ? std::nullopt : environment.get(name);
    out += value ? *value : std::string(path.substr(0, end));
    path.remove_prefix(end);
  }
  return out;
}

}  // namespace

Environment Environment::of_process() {
  return Environment([](std::string_view name) -> std::optional<std::string> {
    const char* value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  });
}

Environment Environment::copy_of_process() {
  std::map<std::string, std::string, std::less<>> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != text.npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return of(std::move(variables));
}

Environment Environment::of(std::map<std::string, std::string, std::less<>> variables) {
  return Environment(
      [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
      });
}

std::optional<std::string> Environment::get_filled(std::string_view name) const {
  auto value = get(name);
  if (value && value->empty()) return std::nullopt;
  return value;
}

bool Environment::is_true(std::string_view name) const {
  const auto value = get(name);
  return value && equal_ignoring_case(*value, "true");
}

std::string Environment::home() const {
  if (auto home = get_filled("HOME")) return *home;
  const passwd* entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_dir : "/";
}

std::string Environment::expand_path(std::string_view path) const {
  std::string out = expand_variables(path, *this);
  if (!out.starts_with('~')) return out;
  const std::size_t slash = std::min(out.find('/'), out.size());
  if (slash == 1) return home() + out.substr(slash);
  const passwd* entry = ::getpwnam(out.substr(1, slash - 1).c_str());
  return entry == nullptr ? out : entry->pw_dir + out.substr(slash);
}

std::string Environment::config_path_as_given() const {
  return get("AWS_CONFIG_FILE").value_or("~/.aws/config");
}
std::string Environment::config_path() const { return expand_path(config_path_as_given()); }
std::string Environment::credentials_path() const {
  return expand_path(get("AWS_SHARED_CREDENTIALS_FILE").value_or("~/.aws/credentials"));
}

}  // namespace rolecall::client
