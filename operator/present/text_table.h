// Aligned columns for a terminal, in the style of kubectl. PURE.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace visionops::commands {

using TableRow = std::vector<std::string>;

/// Columns that a terminal needs: wide characters (Hangul, Han, emoji) take two, combining marks none, colours none.
std::size_t display_width(std::string_view text);

/// The beginning of `text` that fits, with "…" where something was cut. Texts without colours only.
std::string cut_to_width(const std::string& text, std::size_t columns);
/// The same, but the middle is left out: names differ at their ends.
std::string cut_middle(const std::string& text, std::size_t columns);
/// `text` with blanks up to that width.
std::string padded(const std::string& text, std::size_t columns);

/// "TrainingJob" as people type it.
std::string lower(std::string_view word);

/// One line without anything that a terminal obeys: names and messages come from others.
std::string single_line(std::string_view text);

/// Three blanks between columns, no trailing blanks; cells become single lines. Lines are cut to `max_width` columns
/// when it is not 0.
std::vector<std::string> format_table(const TableRow& header, const std::vector<TableRow>& rows,
                                      std::size_t max_width = 0);

}  // namespace visionops::commands
