#include "http/url.h"

#include <charconv>

#include "http/message.h"

namespace rolecall::http {

std::optional<Url> Url::parse(std::string_view text) {
  Url url;
  for (const char c : text)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f) return std::nullopt;
  if (equal_ignoring_case(text.substr(0, 7), "http://")) {
    text.remove_prefix(7);
  } else if (equal_ignoring_case(text.substr(0, 8), "https://")) {
    text.remove_prefix(8);
    url.tls = true;
  } else {
    return std::nullopt;
  }
  url.port = url.tls ? 443 : 80;
  text = text.substr(0, text.find('#'));
  const std::size_t end = text.find_first_of("/?");
  std::string_view authority = text.substr(0, end);
  const std::string_view target = end == text.npos ? std::string_view() : text.substr(end);
  url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  if (const std::size_t at = authority.rfind('@'); at != authority.npos) {
    url.user_info = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == authority.npos) return std::nullopt;
    url.host = authority.substr(1, close - 1);
    const std::string_view rest = authority.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return std::nullopt;
    if (!rest.empty()) port = rest.substr(1);
  } else {
    const std::size_t colon = authority.find(':');
    url.host = authority.substr(0, colon);
    if (colon != authority.npos) port = authority.substr(colon + 1);
  }
  if (url.host.empty()) return std::nullopt;
  if (!port.empty()) {
    const auto [rest, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc() || rest != port.data() + port.size() || url.port == 0)
      return std::nullopt;
  }
  return url;
}

std::string Url::authority() const {
  std::string text = host.find(':') == host.npos ? host : "[" + host + "]";
  if (port != (tls ? 443 : 80)) text += ":" + std::to_string(port);
  return text;
}

}  // namespace rolecall::http
