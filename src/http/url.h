// http:// and https:// addresses, as a client needs them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rolecall::http {

struct Url {
  bool tls = false;
  std::string user_info;  // "user:password", percent-encoded as it stood
  std::string host;       // an IPv6 address without its brackets
  std::uint16_t port = 80;
  std::string target;  // path and query, "/" at least; the fragment is dropped

  // nullopt unless the scheme is http or https and there is a host.
  static std::optional<Url> parse(std::string_view text);
  // As in a Host header: brackets where needed, the port unless it is the scheme's own.
  std::string authority() const;
};

}  // namespace rolecall::http
