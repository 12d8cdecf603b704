#include "operator/commands/files/text_diff.h"

#include <algorithm>
#include <cstdint>
#include <sstream>

namespace visionops::commands {
namespace {

/// Beyond this the table of common lines would take more memory than a difference is worth.
constexpr std::size_t kMaxCells = 16'000'000;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

using Cells = std::vector<std::vector<std::uint32_t>>;

/// How many lines the rests from (i, j) have in common at most.
Cells common_lines(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  Cells cells(a.size() + 1, std::vector<std::uint32_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;)
      cells[i][j] = a[i] == b[j] ? cells[i + 1][j + 1] + 1 : std::max(cells[i + 1][j], cells[i][j + 1]);
  }
  return cells;
}

}  // namespace

std::vector<std::string> text_diff(const std::string& before, const std::string& after) {
  std::vector<std::string> out;
  if (before == after) return out;
  const auto a = lines_of(before);
  const auto b = lines_of(after);
  const bool small = (a.size() + 1) * (b.size() + 1) <= kMaxCells;
  const Cells cells = small ? common_lines(a, b) : Cells{};
  std::size_t i = 0, j = 0;
  while (small && i < a.size() && j < b.size()) {
    if (a[i] == b[j]) {
      out.push_back(" " + a[i++]);
      ++j;
    } else if (cells[i + 1][j] >= cells[i][j + 1]) {
      out.push_back("-" + a[i++]);
    } else {
      out.push_back("+" + b[j++]);
    }
  }
  while (i < a.size()) out.push_back("-" + a[i++]);
  while (j < b.size()) out.push_back("+" + b[j++]);
  return out;
}

}  // namespace visionops::commands
