#include "base/readable_text.h"

namespace visionops {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

std::size_t utf8_length(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(bytes[i])) return 0;
  }
  const auto second = static_cast<unsigned char>(bytes[1]);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool surrogate = lead == 0xED && second > 0x9F;
  const bool too_large = lead == 0xF4 && second > 0x8F;
  return overlong || surrogate || too_large ? 0 : length;
}

}  // namespace visionops

namespace visionops::local {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_control(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u < 0x20 && c != '\n' && c != '\t') || u == 0x7F;
}

}  // namespace

std::string readable_text(std::string_view bytes, std::size_t limit) {
  std::string out;
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    const bool good = length > 0 && !(length == 1 && is_control(bytes[0]));
    const std::string_view piece = good ? bytes.substr(0, length) : kReplacement;
    if (out.size() + piece.size() > limit) break;
    out += piece;
    bytes.remove_prefix(length > 0 ? length : 1);
  }
  return out;
}

std::string last_lines(std::string_view bytes, std::size_t lines, std::size_t limit) {
  while (!bytes.empty() && bytes.back() == '\n') bytes.remove_suffix(1);
  std::size_t begin = bytes.size();
  while (begin > 0 && lines > 0) {
    const auto newline = bytes.rfind('\n', begin - 1);
    begin = newline == std::string_view::npos ? 0 : newline;
    --lines;
  }
  if (begin < bytes.size() && bytes[begin] == '\n') ++begin;
  if (bytes.size() - begin > limit) begin = bytes.size() - limit;
  while (begin < bytes.size() && is_continuation(bytes[begin])) ++begin;
  return readable_text(bytes.substr(begin), limit);
}

}  // namespace visionops::local
