#include "base/time.h"

namespace rolecall {
namespace {

// Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
CivilTime civil_from_days(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto doe = static_cast<unsigned>(days - era * 146097);
  const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  CivilTime out;
  out.day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  out.month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  out.year = static_cast<int>(static_cast<std::int64_t>(yoe) + era * 400 + (out.month <= 2));
  return out;
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0); }

bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in_month(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

std::optional<Instant> from_fields(int year, int month, int day, int hour, int minute, int second) {
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
  return Instant::from_seconds(days_from_civil(year, month, day) * 86400 + hour * 3600 +
                               minute * 60 + second);
}

// A cursor that reads fixed-width numbers and literal characters.
struct Reader {
  std::string_view text;
  std::size_t at = 0;
  bool done() const { return at == text.size(); }
  bool next_is(char c) const { return at < text.size() && text[at] == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++at;
    return true;
  }
  bool number(std::size_t digits, int& out) {
    if (text.size() - at < digits) return false;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const char c = text[at + i];
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    at += digits;
    out = value;
    return true;
  }
};

// Z, ±hh:mm, ±hhmm, ±hh; fails when anything follows.
bool read_zone(Reader& r, int& offset_seconds) {
  offset_seconds = 0;
  if (r.done()) return true;
  if (r.take('Z') || r.take('z')) return r.done();
  const bool minus = r.next_is('-');
  if (!minus && !r.next_is('+')) return false;
  ++r.at;
  int hours = 0, minutes = 0;
  if (!r.number(2, hours)) return false;
  if (!r.done()) {
    r.take(':');
    if (!r.number(2, minutes)) return false;
  }
  if (hours > 23 || minutes > 59) return false;
  offset_seconds = (hours * 3600 + minutes * 60) * (minus ? -1 : 1);
  return r.done();
}

constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

bool read_month(Reader& r, int& month) {
  for (int i = 0; i < 12; ++i) {
    if (r.text.substr(r.at).starts_with(kMonths[i])) {
      r.at += 3;
      month = i + 1;
      return true;
    }
  }
  return false;
}

bool read_clock(Reader& r, int& hour, int& minute, int& second) {
  return r.number(2, hour) && r.take(':') && r.number(2, minute) && r.take(':') &&
         r.number(2, second);
}

}  // namespace

std::int64_t days_from_civil(int year, int month, int day) {
  const std::int64_t y = year - (month <= 2);
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400;
  const auto yoe = static_cast<unsigned>(y - era * 400);
  const auto m = static_cast<unsigned>(month);
  const unsigned doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + static_cast<unsigned>(day) - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + static_cast<std::int64_t>(doe) - 719468;
}

CivilTime to_civil(Instant at) {
  const std::int64_t seconds = at.seconds();
  const std::int64_t days = floor_div(seconds, 86400);
  const auto rest = static_cast<int>(seconds - days * 86400);
  CivilTime out = civil_from_days(days);
  out.hour = rest / 3600;
  out.minute = rest / 60 % 60;
  out.second = rest % 60;
  return out;
}

int weekday(Instant at) {
  const std::int64_t days = floor_div(at.seconds(), 86400);
  return static_cast<int>(((days % 7) + 7 + 4) % 7);
}

namespace {

// Numbers of fixed width, leading zeros included. Every request writes several times, and a format
// string would be read again for each.
class Digits {
 public:
  Digits& two(int value) {
    text_[size_++] = static_cast<char>('0' + value / 10 % 10);
    text_[size_++] = static_cast<char>('0' + value % 10);
    return *this;
  }
  Digits& three(int value) {
    text_[size_++] = static_cast<char>('0' + value / 100 % 10);
    return two(value);
  }
  Digits& year(int value) {
    if (value >= 0 && value <= 9999) return two(value / 100).two(value % 100);
    return text(std::to_string(value));
  }
  Digits& text(std::string_view piece) {
    size_ += piece.copy(text_ + size_, piece.size());
    return *this;
  }
  std::string str() const { return {text_, size_}; }

 private:
  char text_[64];  // the longest is 31 with a year of four digits; an int has 11 at most
  std::size_t size_ = 0;
};

Digits& append_clock(Digits& out, const CivilTime& c) {
  return out.two(c.hour).text(":").two(c.minute).text(":").two(c.second);
}

Digits iso8601_seconds(const CivilTime& c) {
  Digits out;
  append_clock(out.year(c.year).text("-").two(c.month).text("-").two(c.day).text("T"), c);
  return out;
}

}  // namespace

std::string format_iso8601(Instant at) { return iso8601_seconds(to_civil(at)).text("Z").str(); }

std::string format_iso8601_millis(Instant at) {
  const auto millis = static_cast<int>((at.micros - at.seconds() * 1'000'000) / 1'000);
  return iso8601_seconds(to_civil(at)).text(".").three(millis).text("Z").str();
}

std::string format_basic(Instant at) {
  const CivilTime c = to_civil(at);
  Digits out;
  out.year(c.year).two(c.month).two(c.day).text("T").two(c.hour).two(c.minute).two(c.second);
  return out.text("Z").str();
}

std::string format_http_date(Instant at) {
  const CivilTime c = to_civil(at);
  Digits out;
  out.text(kDays[weekday(at)]).text(", ").two(c.day).text(" ");
  out.text(kMonths[c.month - 1]).text(" ").year(c.year).text(" ");
  return append_clock(out, c).text(" GMT").str();
}

std::optional<Instant> parse_iso8601(std::string_view text) {
  Reader r{text};
  int year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  if (!r.number(4, year)) return std::nullopt;
  if (r.done()) return from_fields(year, 1, 1, 0, 0, 0);
  if (!r.take('-') || !r.number(2, month)) return std::nullopt;
  if (r.done()) return from_fields(year, month, 1, 0, 0, 0);
  if (!r.take('-') || !r.number(2, day)) return std::nullopt;
  if (r.done()) return from_fields(year, month, day, 0, 0, 0);
  if (!r.take('T') && !r.take('t')) return std::nullopt;
  if (!r.number(2, hour) || !r.take(':') || !r.number(2, minute)) return std::nullopt;
  std::int64_t fraction_micros = 0;
  if (r.take(':')) {
    if (!r.number(2, second)) return std::nullopt;
    if (r.take('.') || r.take(',')) {
      int digits = 0;
      std::int64_t scale = 100'000;
      for (; r.at < text.size() && text[r.at] >= '0' && text[r.at] <= '9'; ++r.at, ++digits) {
        fraction_micros += (text[r.at] - '0') * scale;
        scale /= 10;
      }
      if (digits == 0) return std::nullopt;
    }
  }
  int offset = 0;
  if (!read_zone(r, offset)) return std::nullopt;
  auto out = from_fields(year, month, day, hour, minute, second);
  if (out) out->micros += fraction_micros - static_cast<std::int64_t>(offset) * 1'000'000;
  return out;
}

std::optional<Instant> parse_basic(std::string_view text) {
  Reader r{text};
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!r.number(4, year) || !r.number(2, month) || !r.number(2, day) || !r.take('T') ||
      !r.number(2, hour) || !r.number(2, minute) || !r.number(2, second) || !r.take('Z') ||
      !r.done()) {
    return std::nullopt;
  }
  return from_fields(year, month, day, hour, minute, second);
}

std::optional<Instant> parse_http_date(std::string_view text) {
  Reader r{text};
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  const std::size_t comma = text.find(',');
  if (comma != std::string_view::npos) {
    r.at = comma + 1;
    if (!r.take(' ') || !r.number(2, day)) return std::nullopt;
    if (r.take(' ')) {  // IMF-fixdate
      if (!read_month(r, month) || !r.take(' ') || !r.number(4, year)) return std::nullopt;
    } else {  // RFC 850
      if (!r.take('-') || !read_month(r, month) || !r.take('-') || !r.number(2, year)) {
        return std::nullopt;
      }
      year += year < 70 ? 2000 : 1900;
    }
    if (!r.take(' ') || !read_clock(r, hour, minute, second)) return std::nullopt;
    if (r.text.substr(r.at) != " GMT" && r.text.substr(r.at) != " UTC" &&
        r.text.substr(r.at) != " +0000") {
      return std::nullopt;
    }
  } else {  // asctime: "Sun Nov  6 08:49:37 1994"
    r.at = 3;
    if (text.size() < 24 || !r.take(' ') || !read_month(r, month) || !r.take(' ')) {
      return std::nullopt;
    }
    if (r.take(' ') ? !r.number(1, day) : !r.number(2, day)) return std::nullopt;
    if (!r.take(' ') || !read_clock(r, hour, minute, second) || !r.take(' ') ||
        !r.number(4, year) || !r.done()) {
      return std::nullopt;
    }
  }
  return from_fields(year, month, day, hour, minute, second);
}

}  // namespace rolecall
