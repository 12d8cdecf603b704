#include "operator/present/text_table.h"

#include <algorithm>
#include <array>

#include "base/cli/safe_streams.h"
#include "base/readable_text.h"

namespace visionops::commands {

namespace {

constexpr const char* kEllipsis = "…";

struct Range {
  char32_t first;
  char32_t last;
};

/// East Asian Width W and F (Unicode 15), in the large blocks that people write in.
constexpr std::array kWide{
    Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},   Range{0x3400, 0x4DBF},
    Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},   Range{0xA960, 0xA97F},   Range{0xAC00, 0xD7A3},
    Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},
    Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1FAFF}, Range{0x20000, 0x3FFFD}};
constexpr std::array kWithoutWidth{Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                                   Range{0x0610, 0x061A}, Range{0x064B, 0x065F}, Range{0x1AB0, 0x1AFF},
                                   Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200F}, Range{0x20D0, 0x20FF},
                                   Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t c) {
  return std::ranges::any_of(ranges, [c](const Range& range) { return c >= range.first && c <= range.last; });
}

struct Glyph {
  std::size_t bytes = 1;
  std::size_t columns = 1;
};

/// The character that `text` begins with; a colour sequence is one without width.
Glyph glyph_at(std::string_view text) {
  if (text[0] == '\x1b') {
    const auto end = text.find('m');
    return {end == std::string_view::npos ? text.size() : end + 1, 0};
  }
  const std::size_t bytes = std::max<std::size_t>(1, utf8_length(text));
  if (bytes == 1) return {1, 1};
  char32_t c = static_cast<unsigned char>(text[0]) & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) c = (c << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
  return {bytes, is_in(kWithoutWidth, c) ? 0U : is_in(kWide, c) ? 2U : 1U};
}

std::string beginning(const std::string& text, std::size_t columns) {
  std::size_t at = 0;
  for (std::size_t used = 0; at < text.size();) {
    const Glyph glyph = glyph_at(std::string_view(text).substr(at));
    used += glyph.columns;
    if (used > columns) break;
    at += glyph.bytes;
  }
  return text.substr(0, at);
}

std::string ending(const std::string& text, std::size_t columns) {
  std::size_t at = 0;
  for (std::size_t left = display_width(text); left > columns && at < text.size();) {
    const Glyph glyph = glyph_at(std::string_view(text).substr(at));
    left -= glyph.columns;
    at += glyph.bytes;
  }
  return text.substr(at);
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Glyph glyph = glyph_at(text);
    width += glyph.columns;
    text.remove_prefix(glyph.bytes);
  }
  return width;
}

std::string cut_to_width(const std::string& text, std::size_t columns) {
  if (display_width(text) <= columns) return text;
  return columns == 0 ? "" : beginning(text, columns - 1) + kEllipsis;
}

std::string cut_middle(const std::string& text, std::size_t columns) {
  if (display_width(text) <= columns) return text;
  if (columns < 3) return cut_to_width(text, columns);
  const std::size_t behind = (columns - 1) / 2;
  return beginning(text, columns - 1 - behind) + kEllipsis + ending(text, behind);
}

std::string padded(const std::string& text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return width >= columns ? text : text + std::string(columns - width, ' ');
}

std::string lower(std::string_view word) {
  std::string out(word);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::string single_line(std::string_view text) {
  std::string out;
  for (const char c : cli::escaped(text)) {
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c == '\t' ? ' ' : c;
    }
  }
  return out;
}

std::vector<std::string> format_table(const TableRow& header, const std::vector<TableRow>& rows,
                                      std::size_t max_width) {
  std::vector<TableRow> all;
  if (!header.empty()) all.push_back(header);
  for (const auto& row : rows) all.push_back(row);
  std::vector<std::size_t> widths;
  for (auto& row : all) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = single_line(row[i]);
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::vector<std::string> lines;
  for (const auto& row : all) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += i + 1 < row.size() ? padded(row[i], widths[i] + 3) : row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(max_width ? cut_to_width(line, max_width) : line);
  }
  return lines;
}

}  // namespace visionops::commands
