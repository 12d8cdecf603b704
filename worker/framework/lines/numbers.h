// Numbers and pairs in lines that people were meant to read.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace visionops::framework {

/// The whole text as a number: "1", "-0.5", "1e-05", ".98", "nan", "inf", "-Infinity". nullopt for anything else.
std::optional<double> number_of(std::string_view text);
std::optional<std::int64_t> whole_number_of(std::string_view text);

/// The number at the beginning of the text and how long it is; nullopt: there is none.
struct LeadingNumber {
  double value = 0;
  std::size_t length = 0;
};
std::optional<LeadingNumber> leading_number(std::string_view text);

/// "3/20" -> {3, 20}; blanks around the numbers do not count. nullopt for anything else.
std::optional<std::pair<std::int64_t, std::int64_t>> fraction_of(std::string_view text);

/// By blanks and tabs.
std::vector<std::string_view> words_of(std::string_view line);

/// "name: value" and "name=value" wherever they stand: the value is a number at once behind the mark (and blanks), and
/// ends before a blank, a comma or the like: "eta: 2 days" and "time: 0:00:01" are none. Names have no blanks.
struct Pair {
  std::string_view name;
  double value = 0;
  std::size_t end = 0;  ///< where the value ends in the text
};
std::vector<Pair> pairs_in(std::string_view text, char mark);

}  // namespace visionops::framework
