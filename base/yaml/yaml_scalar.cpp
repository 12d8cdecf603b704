#include "base/yaml/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

namespace visionops {
namespace {

constexpr std::array<std::string_view, 5> kNull{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 11> kTrue{"true", "True", "TRUE", "yes", "Yes", "YES",
                                                 "on",   "On",   "ON",   "y",   "Y"};
constexpr std::array<std::string_view, 11> kFalse{"false", "False", "FALSE", "no", "No", "NO",
                                                  "off",   "Off",   "OFF",   "n",  "N"};

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& words, std::string_view text) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

template <class T>
std::optional<T> whole(std::string_view text, int base) {
  T value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Json> integer(std::string_view text) {
  if (text.rfind("0x", 0) == 0) {
    if (const auto value = whole<std::uint64_t>(text.substr(2), 16)) return Json(*value);
    return std::nullopt;
  }
  if (text.rfind("0o", 0) == 0) {
    if (const auto value = whole<std::uint64_t>(text.substr(2), 8)) return Json(*value);
    return std::nullopt;
  }
  if (text.size() > 1 && text[0] == '+') text.remove_prefix(1);
  if (const auto value = whole<std::int64_t>(text, 10)) return Json(*value);
  if (const auto value = whole<std::uint64_t>(text, 10)) return Json(*value);
  return std::nullopt;
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?   (YAML 1.2.2, section 10.3.2)
bool looks_like_number(std::string_view text) {
  const auto digits = [&] {
    std::size_t n = 0;
    while (n < text.size() && std::isdigit(static_cast<unsigned char>(text[n]))) ++n;
    text.remove_prefix(n);
    return n;
  };
  const auto sign = [&] {
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  };
  sign();
  std::size_t mantissa = digits();
  if (!text.empty() && text[0] == '.') {
    text.remove_prefix(1);
    mantissa += digits();
  }
  if (mantissa == 0) return false;
  if (!text.empty() && (text[0] == 'e' || text[0] == 'E')) {
    text.remove_prefix(1);
    sign();
    if (digits() == 0) return false;
  }
  return text.empty();
}

std::optional<Json> number(std::string_view text) {
  if (!looks_like_number(text)) return std::nullopt;
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return Json(value);
}

}  // namespace

Json plain_scalar(const std::string& text) {
  if (one_of(kNull, text)) return nullptr;
  if (one_of(kTrue, text)) return true;
  if (one_of(kFalse, text)) return false;
  if (auto value = integer(text)) return *value;
  if (auto value = number(text)) return *value;
  return text;
}

}  // namespace visionops
