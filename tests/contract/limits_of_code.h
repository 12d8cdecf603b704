// The limits of docs/limits.md: their values out of the code, their words out of limits.table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace visionops::contract_tests {

/// A row of the table, or a constant that is called like a limit and has no row.
struct Limit {
  std::string group, file, name, unit, what, beyond, test;  ///< test "-": none yet
  bool told = true;
};

std::vector<Limit> limits_of_table(std::string_view table);

/// The initialiser of a constant or member: "64 * 1024" of "std::size_t kMax = 64 * 1024;". nullopt: there is none.
std::optional<std::string> initialiser_of(std::string_view text, std::string_view name);

/// What a sum of integers, shifts, products and durations (in milliseconds) is; nullopt: it is something else.
std::optional<double> value_of(std::string_view expression);

/// "64 KiB", "100'000 classes".
std::string in_unit(double value, const std::string& unit);

/// Names of constants that are called like a limit: kMax..., kMost..., kLongest..., k...Limit.
std::vector<std::string> constants_called_like_limits(std::string_view text);

/// The page. Values are read from the files below `source`.
std::string limits_page(const std::vector<Limit>& limits);

}  // namespace visionops::contract_tests
