#include "wire/scalar.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "base/encoding.h"
#include "base/time.h"

namespace rolecall::wire {
namespace {

template <class T>
bool parse_number(std::string_view text, void* out) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return false;
  *static_cast<T*>(out) = value;
  return true;
}

// Seconds since 1970 with a fraction, as JSON services write times.
bool parse_epoch(std::string_view text, Instant& out) {
  double seconds = 0;
  if (!parse_number<double>(text, &seconds) || !std::isfinite(seconds)) return false;
  // Years -9999 to 9999: beyond, no form of ours can say it.
  if (std::abs(seconds) > 253'402'300'799.0) return false;
  out.micros = static_cast<std::int64_t>(std::llround(seconds * 1e6));
  return true;
}

bool parse_time(TimestampFormat format, std::string_view text, Instant& out) {
  std::optional<Instant> at;
  if (format == TimestampFormat::http_date) {
    at = parse_http_date(text);
    if (!at) at = parse_iso8601(text);
  } else if (format == TimestampFormat::date_time) {
    at = parse_iso8601(text);
    if (!at) at = parse_basic(text);
  }
  if (!at) return parse_epoch(text, out);
  out = *at;
  return true;
}

void append_epoch(std::string& out, Instant at) {
  const auto millis = at.millis();
  if (millis % 1000 == 0) {
    out += std::to_string(millis / 1000);
  } else {
    fmt::format_to(std::back_inserter(out), "{:.3f}", static_cast<double>(millis) / 1000.0);
  }
}

}  // namespace

bool parse_scalar(const Shape& shape, TimestampFormat format, std::string_view text, void* out) {
  switch (shape.kind) {
    case Kind::boolean:
      if (equal_ignoring_case(text, "true")) {
        *static_cast<bool*>(out) = true;
      } else if (equal_ignoring_case(text, "false")) {
        *static_cast<bool*>(out) = false;
      } else {
        return false;
      }
      return true;
    case Kind::integer:
      return parse_number<std::int32_t>(text, out);
    case Kind::long_:
      return parse_number<std::int64_t>(text, out);
    case Kind::floating:
      return parse_number<float>(text, out);
    case Kind::double_:
      return parse_number<double>(text, out);
    case Kind::string:
      static_cast<std::string*>(out)->assign(text);
      return true;
    case Kind::blob: {
      auto bytes = base64_decode(text);
      if (!bytes) return false;
      *static_cast<std::string*>(out) = std::move(*bytes);
      return true;
    }
    case Kind::timestamp:
      return parse_time(format, text, *static_cast<Instant*>(out));
    default:
      return false;
  }
}

void append_scalar(std::string& out, const Shape& shape, TimestampFormat format, bool millis,
                   const void* value) {
  switch (shape.kind) {
    case Kind::boolean:
      out += *static_cast<const bool*>(value) ? "true" : "false";
      break;
    case Kind::integer:
      out += fmt::format_int(*static_cast<const std::int32_t*>(value)).c_str();
      break;
    case Kind::long_:
      out += fmt::format_int(*static_cast<const std::int64_t*>(value)).c_str();
      break;
    case Kind::floating:
      out += fmt::format("{}", *static_cast<const float*>(value));
      break;
    case Kind::double_:
      out += fmt::format("{}", *static_cast<const double*>(value));
      break;
    case Kind::string:
      out += *static_cast<const std::string*>(value);
      break;
    case Kind::blob:
      out += base64_encode(*static_cast<const std::string*>(value));
      break;
    case Kind::timestamp: {
      const auto at = *static_cast<const Instant*>(value);
      if (format == TimestampFormat::http_date) {
        out += format_http_date(at);
      } else if (format == TimestampFormat::epoch_seconds) {
        append_epoch(out, at);
      } else {
        out += millis ? format_iso8601_millis(at) : format_iso8601(at);
      }
      break;
    }
    default:
      break;
  }
}

}  // namespace rolecall::wire
