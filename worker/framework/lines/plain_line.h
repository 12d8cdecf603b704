// A line as it was meant: without terminal sequences, and told apart by the rank that wrote it.
#pragma once

#include <string>
#include <string_view>

namespace visionops::framework {

/// The line without ANSI sequences and without control characters (tab stays). `room` holds the bytes when any were
/// taken out; the answer is valid as long as both are.
std::string_view without_ansi(std::string_view line, std::string& room);

/// A line of a run with several processes: "[rank1]: ", "[default0]:", "[1,0]<stdout>:", "(pid=123) ".
struct RankedLine {
  int rank = -1;          ///< -1: the line does not say
  std::string_view text;  ///< behind the prefix
};
RankedLine without_rank(std::string_view line);

std::string_view trimmed(std::string_view text);

}  // namespace visionops::framework
