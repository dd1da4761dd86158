// Points in time and their texts. Nobody asks the system for the time except SystemClock.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rolecall {

// A point in time, microseconds since 1970-01-01T00:00:00Z.
struct Instant {
  std::int64_t micros = 0;

  static constexpr Instant from_seconds(std::int64_t seconds) { return {seconds * 1'000'000}; }
  static constexpr Instant from_millis(std::int64_t millis) { return {millis * 1'000}; }
  constexpr std::int64_t seconds() const {
    return micros >= 0 ? micros / 1'000'000 : -((-micros + 999'999) / 1'000'000);
  }
  constexpr std::int64_t millis() const { return micros / 1'000; }
  constexpr Instant plus_seconds(std::int64_t seconds) const {
    return {micros + seconds * 1'000'000};
  }
  constexpr Instant truncated_to_seconds() const { return from_seconds(seconds()); }
  constexpr auto operator<=>(const Instant&) const = default;
};

// Calendar fields in UTC.
struct CivilTime {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0;
};
CivilTime to_civil(Instant at);
// Days since 1970-01-01 of a proleptic Gregorian date.
std::int64_t days_from_civil(int year, int month, int day);
// 0 = Sunday.
int weekday(Instant at);

// "2026-11-22T04:53:37Z"
std::string format_iso8601(Instant at);
// "2026-11-22T04:53:37.123Z"
std::string format_iso8601_millis(Instant at);
// "20261122T045337Z", the form of X-Amz-Date.
std::string format_basic(Instant at);
// "Sun, 22 Nov 2026 04:53:37 GMT", RFC 7231's IMF-fixdate.
std::string format_http_date(Instant at);

// ISO 8601 as the W3C profile has it: year; year-month; date; date and time with optional seconds,
// fraction and zone (Z, ±hh:mm, ±hhmm, ±hh); a time without a zone is UTC. Nothing else.
std::optional<Instant> parse_iso8601(std::string_view text);
// Exactly "YYYYMMDDTHHMMSSZ".
std::optional<Instant> parse_basic(std::string_view text);
// The three forms of RFC 7231 (IMF-fixdate, RFC 850, asctime).
std::optional<Instant> parse_http_date(std::string_view text);

}  // namespace rolecall
