#include "worker/dataset/formats/yolo/yaml_string.h"

#include <array>
#include <cstdint>
#include <cstdio>

#include "base/readable_text.h"

namespace visionops::dataset_folder {

namespace {

/// The character of a well-formed sequence.
std::uint32_t code_point(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first;
  std::uint32_t c = first & (0xFFU >> (sequence.size() + 1));
  for (const char byte : sequence.substr(1)) c = (c << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
  return c;
}

bool must_be_escaped(std::uint32_t c) {
  if (c == '"' || c == '\\' || c < 0x20) return true;
  if (c >= 0x7F && c < 0xA0) return true;
  return c == 0x2028 || c == 0x2029 || c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
}

void append_escaped(std::string& out, std::uint32_t c) {
  if (c == '"' || c == '\\') {
    out += '\\';
    out += static_cast<char>(c);
    return;
  }
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), c < 0x100 ? "\\x%02X" : "\\u%04X", static_cast<unsigned>(c));
  out += text.data();
}

}  // namespace

void append_yaml_string(std::string& out, std::string_view value) {
  out += '"';
  while (!value.empty()) {
    const std::size_t length = utf8_length(value);
    const auto sequence = value.substr(0, length == 0 ? 1 : length);
    const std::uint32_t c = length == 0 ? 0xFFFD : code_point(sequence);
    if (must_be_escaped(c)) {
      append_escaped(out, c);
    } else {
      out += length == 0 ? std::string_view("\xEF\xBF\xBD") : sequence;
    }
    value.remove_prefix(sequence.size());
  }
  out += '"';
}

}  // namespace visionops::dataset_folder
