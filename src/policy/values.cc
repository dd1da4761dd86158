#include "policy/values.h"

#include <arpa/inet.h>

#include <charconv>
#include <cstring>
#include <limits>

#include "base/encoding.h"

namespace rolecall::policy {

std::optional<long double> parse_number(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  if (text.empty()) return std::nullopt;
  const char first = text[0] == '-' && text.size() > 1 ? text[1] : text[0];
  if (first != '.' && (first < '0' || first > '9')) return std::nullopt;  // no inf, no nan
  long double value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Instant> parse_date(std::string_view text) {
  if (auto instant = parse_iso8601(text)) return instant;
  std::string_view digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  if (digits.empty() || digits.find_first_not_of("0123456789.") != digits.npos) {
    return std::nullopt;
  }
  const auto seconds = parse_number(text);
  if (!seconds) return std::nullopt;
  // Beyond the range of microseconds all that matters is that it is far away.
  const long double micros = *seconds * 1'000'000;
  constexpr auto kFar = std::numeric_limits<std::int64_t>::max();
  if (micros >= static_cast<long double>(kFar)) return Instant{kFar};
  if (micros <= -static_cast<long double>(kFar)) return Instant{-kFar};
  return Instant{static_cast<std::int64_t>(micros)};
}

std::optional<bool> parse_bool(std::string_view text) {
  if (text == "true") return true;  // as nearly always
  if (text == "false") return false;
  if (equal_ignoring_case(text, "true")) return true;
  if (equal_ignoring_case(text, "false")) return false;
  return std::nullopt;
}

namespace {

// Four decimal numbers up to 255 without leading zeros, as inet_pton reads them.
bool parse_ipv4(std::string_view text, std::uint8_t* out) {
  std::size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at == text.size() || text[at++] != '.')) return false;
    unsigned value = 0;
    const std::size_t begin = at;
    for (; at < text.size() && at - begin < 3 && text[at] >= '0' && text[at] <= '9'; ++at) {
      value = value * 10 + static_cast<unsigned>(text[at] - '0');
    }
    const std::size_t digits = at - begin;
    if (digits == 0 || value > 255 || (digits > 1 && text[begin] == '0')) return false;
    out[part] = static_cast<std::uint8_t>(value);
  }
  return at == text.size();
}

bool parse_ipv6(std::string_view text, std::uint8_t* out) {
  char buffer[INET6_ADDRSTRLEN + 1];
  if (text.size() >= sizeof buffer || text.find('\0') != text.npos) return false;
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = '\0';
  return inet_pton(AF_INET6, buffer, out) == 1;
}

}  // namespace

std::optional<compiled::IpRange> parse_ip(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  compiled::IpRange range;
  range.version = address.find(':') == address.npos ? 4 : 6;
  const bool valid =
      range.version == 4 ? parse_ipv4(address, range.bytes) : parse_ipv6(address, range.bytes);
  if (!valid) return std::nullopt;
  const unsigned most = range.version == 4 ? 32 : 128;
  unsigned bits = most;
  if (slash != text.npos) {
    const char* begin = text.data() + slash + 1;
    const char* stop = text.data() + text.size();
    const auto [end, code] = std::from_chars(begin, stop, bits);
    if (code != std::errc{} || end != stop || bits > most) return std::nullopt;
  }
  range.bits = static_cast<std::uint8_t>(bits);
  for (unsigned i = 0; i < 16; ++i) {
    const unsigned kept = bits > i * 8 ? (bits - i * 8 < 8 ? bits - i * 8 : 8) : 0;
    range.bytes[i] = static_cast<std::uint8_t>(range.bytes[i] & (0xFF00u >> kept));
  }
  return range;
}

bool contains(const compiled::IpRange& range, const compiled::IpRange& address) {
  if (range.version != address.version || address.bits < range.bits) return false;
  const std::size_t whole = range.bits / 8u, rest = range.bits % 8u;
  if (std::memcmp(range.bytes, address.bytes, whole) != 0) return false;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFF00u >> rest);
  return (address.bytes[whole] & mask) == range.bytes[whole];
}

}  // namespace rolecall::policy
