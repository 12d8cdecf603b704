// The next byte of JSON text that means something, 16 bytes at a time by GCC's vector extension. PURE.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace visionops::annotations {

/// So many bytes behind the text must be readable; what stands there does not matter.
inline constexpr std::size_t kReadBehind = 63;

namespace byte_search {

using Bytes = unsigned char __attribute__((vector_size(16)));
inline constexpr std::size_t kStep = sizeof(Bytes);

inline Bytes load(const char* text) {
  Bytes bytes;
  std::memcpy(&bytes, text, sizeof(bytes));
  return bytes;
}

/// 0xff where a bracket, brace or quote stands.
inline auto brackets_or_quotes(const char* text) {
  const Bytes bytes = load(text);
  const Bytes folded = bytes | 0x20;  // [ and ] become { and }, and nothing else does
  return (folded == '{') | (folded == '}') | (bytes == '"');
}

/// 0xff where a quote or a backslash stands.
inline auto quotes_or_backslashes(const char* text) {
  const Bytes bytes = load(text);
  return (bytes == '"') | (bytes == '\\');
}

template <class Hits>
std::array<std::uint64_t, 2> words_of(const Hits& hits) {
  std::array<std::uint64_t, 2> words{};
  static_assert(sizeof(hits) == sizeof(words));
  std::memcpy(words.data(), &hits, sizeof(words));
  return words;
}

template <class Hits>
bool any(const Hits& hits) {
  const auto words = words_of(hits);
  return (words[0] | words[1]) != 0;
}

/// Of the first byte that is set; one must be.
template <class Hits>
std::size_t position_in(const Hits& hits) {
  static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
  const auto words = words_of(hits);
  const auto bits = words[0] != 0 ? std::countr_zero(words[0]) : 64 + std::countr_zero(words[1]);
  return static_cast<std::size_t>(bits) / 8;
}

template <class Marks>
std::size_t find(const char* text, std::size_t at, std::size_t size, const Marks& marks) {
  for (; at < size; at += kStep) {
    const auto hits = marks(text + at);
    if (any(hits)) return std::min(at + position_in(hits), size);
  }
  return size;
}

}  // namespace byte_search

/// Position of the first quote or backslash at or behind `at`, or `size`.
inline std::size_t find_quote_or_backslash(const char* text, std::size_t at, std::size_t size) {
  return byte_search::find(text, at, size, byte_search::quotes_or_backslashes);
}

/// Position of the first bracket, brace or quote at or behind `at`, or `size`. Most of a file are the digits of
/// polygons: 64 of them at a time.
inline std::size_t find_bracket_or_quote(const char* text, std::size_t at, std::size_t size) {
  using byte_search::brackets_or_quotes;
  constexpr std::size_t step = byte_search::kStep;
  static_assert(4 * step <= kReadBehind + 1);
  while (at < size &&
         !byte_search::any(brackets_or_quotes(text + at) | brackets_or_quotes(text + at + step) |
                           brackets_or_quotes(text + at + 2 * step) | brackets_or_quotes(text + at + 3 * step))) {
    at += 4 * step;
  }
  return byte_search::find(text, at, size, brackets_or_quotes);
}

/// White space of JSON (RFC 8259, section 2).
constexpr bool is_json_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace visionops::annotations
