// The server's own log: one line a message, to stderr. No secret is ever passed to it.
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

namespace rolecall::log {

enum class Level { debug, info, warning, error, off };

using Field = std::pair<std::string_view, std::string_view>;

// Default: info. Thread-safe.
void set_level(Level level);
bool enabled(Level level);

// log::info("listening", {{"address", "127.0.0.1:4566"}});  →  … listening address=127.0.0.1:4566
void write(Level level, std::string_view message, std::initializer_list<Field> fields);
inline void debug(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::debug, m, f);
}
inline void info(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::info, m, f);
}
inline void warning(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::warning, m, f);
}
inline void error(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::error, m, f);
}

}  // namespace rolecall::log
