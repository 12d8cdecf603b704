#include "operator/present/text_table.h"

#include <algorithm>

namespace visionops::commands {

namespace {

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

/// Names and messages come from resources: an escape sequence in one must not reach the terminal.
std::string printable(const std::string& cell) {
  std::string out = cell;
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

std::string cut(const std::string& line, std::size_t max_width) {
  std::size_t columns = 0, i = 0;
  for (; i < line.size(); ++i) {
    if (starts_code_point(line[i]) && ++columns > max_width) break;
  }
  return line.substr(0, i);
}

}  // namespace

std::size_t display_width(const std::string& text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b') {
      while (i < text.size() && text[i] != 'm') ++i;
    } else if (starts_code_point(text[i])) {
      ++width;
    }
  }
  return width;
}

std::vector<std::string> format_table(const TableRow& header, const std::vector<TableRow>& rows,
                                      std::size_t max_width) {
  std::vector<TableRow> all;
  if (!header.empty()) all.push_back(header);
  for (const auto& row : rows) all.push_back(row);
  std::vector<std::size_t> widths;
  for (auto& row : all) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = printable(row[i]);
      if (widths.size() <= i) widths.push_back(0);
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::vector<std::string> lines;
  for (const auto& row : all) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - display_width(row[i]) + 3, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(max_width ? cut(line, max_width) : line);
  }
  return lines;
}

}  // namespace visionops::commands
