// Aligned columns for a terminal, in the style of kubectl. PURE.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace visionops::commands {

using TableRow = std::vector<std::string>;

/// Columns seen by a terminal: UTF-8 code points, without counting ANSI colour sequences.
std::size_t display_width(const std::string& text);

/// Three blanks between columns, no trailing blanks; control characters of the cells become '?'.
/// Lines are cut to `max_width` columns when it is not 0.
std::vector<std::string> format_table(const TableRow& header, const std::vector<TableRow>& rows,
                                      std::size_t max_width = 0);

}  // namespace visionops::commands
