#include "worker/dataset/text/canonical_text.h"

#include <algorithm>

#include "worker/dataset/text/canonical_pairs.h"

namespace visionops::annotations {

namespace {

constexpr std::uint32_t kHangul = 0xAC00, kHangulEnd = 0xD7A4, kLead = 0x1100, kVowel = 0x1161, kTail = 0x11A7;
constexpr std::uint32_t kTails = 28, kVowelsAndTails = 588;  // Unicode 3.12

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// The character at the front of `text` and its bytes; of bytes that are no UTF-8, one byte.
struct Character {
  std::uint32_t code = 0;  ///< 0: beyond the plane, or no UTF-8
  std::size_t bytes = 1;
};

Character front_of(std::string_view text) {
  const auto byte = [&](std::size_t i) -> std::uint32_t { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  if (byte(0) < 0x80) return {byte(0), 1};
  if ((byte(0) & 0xE0) == 0xC0 && continues(1)) return {(byte(0) & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  if ((byte(0) & 0xF0) == 0xE0 && continues(1) && continues(2)) {
    return {(byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
  }
  return {};
}

void append_character(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

void append_decomposed(std::string& out, std::uint32_t code) {
  if (code >= kHangul && code < kHangulEnd) {
    const std::uint32_t at = code - kHangul;
    append_character(out, kLead + at / kVowelsAndTails);
    append_character(out, kVowel + at % kVowelsAndTails / kTails);
    if (at % kTails != 0) append_character(out, kTail + at % kTails);
    return;
  }
  const auto pair = std::ranges::lower_bound(kCanonicalPairs, code, {}, [](const auto& row) { return row[0]; });
  if (pair == kCanonicalPairs.end() || (*pair)[0] != code) return append_character(out, code);
  append_decomposed(out, (*pair)[1]);
  append_decomposed(out, (*pair)[2]);
}

std::uint32_t lower(std::uint32_t code) {
  const bool latin = code >= 'A' && code <= 'Z';
  const bool greek = code >= 0x0391 && code <= 0x03A9;
  const bool cyrillic = code >= 0x0410 && code <= 0x042F;
  if (latin || greek || cyrillic) return code + 32;
  return code >= 0x0400 && code <= 0x040F ? code + 80 : code;
}

template <class Append>
std::string mapped(std::string_view text, const Append& append) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto [code, bytes] = front_of(text);
    if (code != 0) {
      append(out, code);
    } else {
      out += text.front();
    }
    text.remove_prefix(code != 0 ? bytes : 1);
  }
  return out;
}

}  // namespace

std::string decomposed(std::string_view text) {
  return is_ascii(text) ? std::string(text) : mapped(text, append_decomposed);
}

std::string without_case(std::string_view text) {
  return mapped(text, [](std::string& out, std::uint32_t code) { append_character(out, lower(code)); });
}

}  // namespace visionops::annotations
