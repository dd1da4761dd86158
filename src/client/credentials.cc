#include "client/credentials.h"

#include <fmt/core.h>

#include "base/encoding.h"

namespace rolecall::client {

std::string python_isoformat(Instant at) {
  std::string out = format_iso8601(at);
  out.pop_back();
  const auto micros = at.micros - at.truncated_to_seconds().micros;
  if (micros != 0) out += fmt::format(".{:06}", micros);
  return out + "+00:00";
}

std::optional<Instant> parse_expiration(std::string_view text) {
  text = trim(text);
  if (!text.ends_with("UTC")) return parse_iso8601(text);
  return parse_iso8601(trim(text.substr(0, text.size() - 3)));
}

}  // namespace rolecall::client
