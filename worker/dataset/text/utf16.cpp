#include "worker/dataset/text/utf16.h"

#include <cstdint>

namespace visionops::annotations {

namespace {

constexpr std::size_t kLookedAt = 1024;
constexpr std::size_t kFewest = 4;  // bytes: less tells nothing

/// Whether the bytes from `first` on, every second one, are zero and no other is.
bool zeros_alternate(std::string_view text, std::size_t first) {
  const auto begin = text.substr(0, kLookedAt);
  for (std::size_t i = 0; i < begin.size(); ++i) {
    if ((begin[i] == '\0') != (i % 2 == first)) return false;
  }
  return true;
}

std::uint32_t unit_at(std::string_view text, std::size_t at, Utf16 order) {
  const auto first = static_cast<unsigned char>(text[at]);
  const auto second = static_cast<unsigned char>(text[at + 1]);
  return order == Utf16::BigEndian ? (first << 8U) | second : (second << 8U) | first;
}

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  const auto tail = [&](int shift) { put(0x80U | ((c >> static_cast<unsigned>(shift)) & 0x3FU)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0U | (c >> 6U));
  } else if (c < 0x10000) {
    put(0xE0U | (c >> 12U));
    tail(6);
  } else {
    put(0xF0U | (c >> 18U));
    tail(12);
    tail(6);
  }
  tail(0);
}

constexpr bool is_first_half(std::uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
constexpr bool is_second_half(std::uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

}  // namespace

std::optional<Utf16> utf16_order(std::string_view text) {
  if (text.starts_with("\xff\xfe")) return Utf16::LittleEndian;
  if (text.starts_with("\xfe\xff")) return Utf16::BigEndian;
  if (text.size() < kFewest || text.size() % 2 != 0) return std::nullopt;
  if (zeros_alternate(text, 1)) return Utf16::LittleEndian;
  if (zeros_alternate(text, 0)) return Utf16::BigEndian;
  return std::nullopt;
}

std::optional<std::string> utf8_of(std::string_view text, Utf16 order) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size(); at += 2) {
    std::uint32_t c = unit_at(text, at, order);
    if (at == 0 && c == 0xFEFF) continue;
    if (is_second_half(c)) return std::nullopt;
    if (is_first_half(c)) {
      at += 2;
      const std::uint32_t second = at < text.size() ? unit_at(text, at, order) : 0;
      if (!is_second_half(second)) return std::nullopt;
      c = 0x10000 + ((c - 0xD800) << 10U) + (second - 0xDC00);
    }
    append_utf8(out, c);
  }
  return out;
}

}  // namespace visionops::annotations
