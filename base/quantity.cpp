#include "base/quantity.h"

#include <array>
#include <cstdio>
#include <limits>

namespace visionops {

namespace {

using Wide = __int128;

// A mantissa of 18 digits times the largest scale below stays inside 128 bits.
constexpr std::size_t kMaxDigits = 18;
constexpr int kMaxExponent = 18;

/// value = mantissa * 10^exponent * 2^shift
struct Number {
  Wide mantissa = 0;
  int exponent = 0;
  int shift = 0;
};

/// Digits with an optional point; moves past them.
std::optional<Number> mantissa(std::string_view& text) {
  Number out;
  std::size_t digits = 0;
  std::size_t seen = 0;
  bool point = false;
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '.' && !point) {
      point = true;
      continue;
    }
    if (text[at] < '0' || text[at] > '9') break;
    ++seen;
    if (out.mantissa != 0 || text[at] != '0') ++digits;
    if (digits > kMaxDigits || seen > 64) return std::nullopt;
    out.mantissa = out.mantissa * 10 + (text[at] - '0');
    if (point) --out.exponent;
  }
  if (seen == 0) return std::nullopt;
  text.remove_prefix(at);
  return out;
}

/// "e3", "E-2": the exponent form of a quantity.
std::optional<int> exponent(std::string_view text) {
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return std::nullopt;
  text.remove_prefix(1);
  const bool negative = text[0] == '-';
  if (text[0] == '-' || text[0] == '+') text.remove_prefix(1);
  if (text.empty() || text.size() > 2) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

bool apply_suffix(std::string_view suffix, Number& n) {
  constexpr std::string_view kLarge = "kMGTPE";
  if (suffix.empty()) return true;
  if (suffix.size() == 1) {
    constexpr std::string_view kSmall = "num";
    if (const auto at = kSmall.find(suffix[0]); at != std::string_view::npos) {
      n.exponent += -9 + 3 * static_cast<int>(at);
      return true;
    }
    const auto at = kLarge.find(suffix[0]);
    if (at == std::string_view::npos) return false;
    n.exponent += 3 * (static_cast<int>(at) + 1);
    return true;
  }
  if (suffix.size() == 2 && suffix[1] == 'i') {
    const auto at = suffix[0] == 'K' ? 0 : suffix[0] == 'k' ? std::string_view::npos : kLarge.find(suffix[0]);
    if (at == std::string_view::npos) return false;
    n.shift = 10 * (static_cast<int>(at) + 1);
    return true;
  }
  const auto power = exponent(suffix);
  if (!power) return false;
  n.exponent += *power;
  return true;
}

/// numerator / denominator in the wanted unit, rounded up; nullopt beyond int64.
std::optional<std::int64_t> scaled_up(Number n, int unit_exponent) {
  n.exponent -= unit_exponent;
  if (n.mantissa == 0) return 0;
  if (n.exponent > kMaxExponent || n.exponent < -(kMaxExponent + 64)) return std::nullopt;
  constexpr Wide kMax = std::numeric_limits<std::int64_t>::max();
  constexpr Wide kRoom = std::numeric_limits<Wide>::max() / 1024;
  // Powers of two come first so that "1.5Ki" stays exact.
  for (int bits = n.shift; bits > 0; bits -= 10) {
    if (n.mantissa > kRoom) return std::nullopt;
    n.mantissa *= 1024;
  }
  for (; n.exponent > 0; --n.exponent) {
    if (n.mantissa > kMax) return std::nullopt;
    n.mantissa *= 10;
  }
  bool remainder = false;
  for (; n.exponent < 0 && n.mantissa > 0; ++n.exponent) {
    remainder = remainder || n.mantissa % 10 != 0;
    n.mantissa /= 10;
  }
  if (remainder) ++n.mantissa;
  if (n.mantissa > kMax) return std::nullopt;
  return static_cast<std::int64_t>(n.mantissa);
}

std::optional<std::int64_t> parse(std::string_view text, int unit_exponent) {
  if (!text.empty() && text[0] == '+') text.remove_prefix(1);
  auto n = mantissa(text);
  if (!n || !apply_suffix(text, *n)) return std::nullopt;
  return scaled_up(*n, unit_exponent);
}

}  // namespace

std::optional<std::int64_t> parse_quantity_milli(std::string_view text) { return parse(text, -3); }
std::optional<std::int64_t> parse_quantity(std::string_view text) { return parse(text, 0); }

std::string format_bytes(std::int64_t bytes) {
  constexpr std::array<const char*, 7> kUnits{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return std::to_string(bytes < 0 ? 0 : bytes) + " B";
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  // 1023.95 would print as "1024.0": the next unit begins where the rounded text would need it.
  while (value >= 1023.95 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.1f %s", value, kUnits[unit]);
  return buffer.data();
}

}  // namespace visionops
