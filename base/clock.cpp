#include "base/clock.h"

#include <array>
#include <cstdio>

namespace visionops {

namespace {

using namespace std::chrono;

struct Civil {
  int year;
  unsigned month, day;
  int hour, minute, second, millisecond;
};

Civil civil(TimePoint t) {
  const auto day = floor<days>(t);
  const year_month_day date{day};
  const hh_mm_ss time{t - day};
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          static_cast<int>(time.hours().count()),
          static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count()),
          static_cast<int>(time.subseconds().count())};
}

/// Reads exactly `digits` decimal digits at `at` and moves past them.
std::optional<int> number(std::string_view text, std::size_t& at, std::size_t digits) {
  if (at + digits > text.size()) return std::nullopt;
  int value = 0;
  for (const std::size_t end = at + digits; at < end; ++at) {
    if (text[at] < '0' || text[at] > '9') return std::nullopt;
    value = value * 10 + (text[at] - '0');
  }
  return value;
}

bool literal(std::string_view text, std::size_t& at, std::string_view accepted) {
  if (at >= text.size() || accepted.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return true;
}

/// ".123456789" to milliseconds, rounded down; absent counts as zero.
std::optional<int> fraction(std::string_view text, std::size_t& at) {
  if (at >= text.size() || text[at] != '.') return 0;
  ++at;
  int value = 0;
  int scale = 100;
  const std::size_t begin = at;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) value += (text[at] - '0') * scale;
  if (at == begin || at - begin > 9) return std::nullopt;
  return value;
}

/// "Z" or "+09:00".
std::optional<minutes> offset(std::string_view text, std::size_t& at) {
  if (literal(text, at, "Zz")) return minutes(0);
  if (at >= text.size() || (text[at] != '+' && text[at] != '-')) return std::nullopt;
  const int sign = text[at++] == '-' ? -1 : 1;
  const auto hour = number(text, at, 2);
  if (!hour || !literal(text, at, ":")) return std::nullopt;
  const auto minute = number(text, at, 2);
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  return minutes(sign * (*hour * 60 + *minute));
}

std::string two_units(std::int64_t major, const char* major_unit, std::int64_t minor, const char* minor_unit) {
  std::string out = std::to_string(major) + major_unit;
  return minor == 0 ? out : out + std::to_string(minor) + minor_unit;
}

}  // namespace

TimePoint SystemClock::now() const { return floor<milliseconds>(system_clock::now()); }

std::string format_time(TimePoint t) {
  const Civil c = civil(t);
  std::array<char, 40> buffer{};
  const int size = std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", c.year, c.month, c.day,
                                 c.hour, c.minute, c.second);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

std::string format_time_millis(TimePoint t) {
  std::array<char, 8> buffer{};
  std::snprintf(buffer.data(), buffer.size(), ".%03dZ", civil(t).millisecond);
  std::string out = format_time(t);
  out.pop_back();
  return out + buffer.data();
}

std::optional<TimePoint> parse_time(std::string_view text) {
  std::size_t at = 0;
  const auto y = number(text, at, 4);
  if (!y || !literal(text, at, "-")) return std::nullopt;
  const auto mo = number(text, at, 2);
  if (!mo || !literal(text, at, "-")) return std::nullopt;
  const auto d = number(text, at, 2);
  if (!d || !literal(text, at, "Tt ")) return std::nullopt;
  const auto h = number(text, at, 2);
  if (!h || !literal(text, at, ":")) return std::nullopt;
  const auto mi = number(text, at, 2);
  if (!mi || !literal(text, at, ":")) return std::nullopt;
  const auto s = number(text, at, 2);
  if (!s) return std::nullopt;
  const auto ms = fraction(text, at);
  if (!ms) return std::nullopt;
  const auto shift = offset(text, at);
  if (!shift || at != text.size()) return std::nullopt;
  const year_month_day date{year(*y), month(static_cast<unsigned>(*mo)), day(static_cast<unsigned>(*d))};
  // RFC 3339 allows second 60 for a leap second; it is the first moment of the next minute.
  if (!date.ok() || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
  return TimePoint(sys_days(date)) + hours(*h) + minutes(*mi) + seconds(*s) + milliseconds(*ms) - *shift;
}

// The steps of kubectl's duration.HumanDuration: two units while the larger one is small.
std::string format_age(Duration d) {
  const std::int64_t s = d.count() < 0 ? 0 : d.count() / 1000;
  const std::int64_t m = s / 60;
  const std::int64_t h = m / 60;
  const std::int64_t day = h / 24;
  if (s < 120) return std::to_string(s) + "s";
  if (m < 10) return two_units(m, "m", s % 60, "s");
  if (m < 180) return std::to_string(m) + "m";
  if (h < 8) return two_units(h, "h", m % 60, "m");
  if (h < 48) return std::to_string(h) + "h";
  if (day < 8) return two_units(day, "d", h % 24, "h");
  if (day < 2 * 365) return std::to_string(day) + "d";
  return two_units(day / 365, "y", day % 365, "d");
}

}  // namespace visionops
