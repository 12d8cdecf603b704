// Bytes from files and processes, made safe to stand in JSON and in a status.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace visionops {

/// Length of the well-formed UTF-8 sequence at the start of `bytes`, which are not empty (Unicode 15, table 3-7); 0
/// when it is malformed.
std::size_t utf8_length(std::string_view bytes);

}  // namespace visionops

namespace visionops::local {

/// Valid UTF-8 of at most `limit` bytes, cut at a character: malformed sequences and control
/// characters other than tab and newline become U+FFFD. Keeps the beginning.
std::string readable_text(std::string_view bytes, std::size_t limit);

/// The last `lines` lines of `bytes`, at most `limit` bytes of them, readable.
std::string last_lines(std::string_view bytes, std::size_t lines, std::size_t limit);

}  // namespace visionops::local
