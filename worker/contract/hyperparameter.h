// Settings that a task of the built-in trainer has beside those of every training, given in hyperparameters.extra. A
// row of a table is all there is to one: name, default, bounds and words stand in it, the operator refuses by it what
// the trainer would not understand, and the code of the task reads its value by the name, which the compiler looks up.
// PURE.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/fields/fields.h"

namespace visionops::contract {

using HyperparameterValue = std::variant<bool, std::int32_t, double>;

struct Hyperparameter {
  std::string_view name;
  HyperparameterValue standard;  ///< when it is absent; the type of every value
  std::string_view doc;
  double minimum = std::numeric_limits<double>::lowest();
  double maximum = std::numeric_limits<double>::max();
};

/// Every name in `extra` must stand in one of the tables, with a value of its type and within its bounds; problems are
/// "PATH.NAME". null counts as absent.
void check_hyperparameters(std::initializer_list<std::span<const Hyperparameter>> tables, const FreeMap& extra,
                           const std::string& path, Problems& problems);

/// One value a row, in their order: that of `extra`, or the standard where it is absent or wrong.
std::vector<HyperparameterValue> read_hyperparameters(std::span<const Hyperparameter> rows, const FreeMap& extra);

/// A name as a template argument.
template <std::size_t kSize>
struct HyperparameterName {
  char text[kSize]{};
  consteval HyperparameterName(const char (&name)[kSize]) { std::copy_n(name, kSize, text); }  // NOLINT: a literal
};

/// The values of a table, `inline constexpr auto kRows = std::to_array<Hyperparameter>({...})`:
///   Hyperparameters<kRows>(extra).get<"width">()  is an std::int32_t; another name does not compile.
template <const auto& kRows>
class Hyperparameters {
 public:
  explicit Hyperparameters(const FreeMap& extra = {}) : values_(read_hyperparameters(kRows, extra)) {}

  template <HyperparameterName kName>
  [[nodiscard]] auto get() const {
    constexpr std::size_t row = row_of(kName.text);
    return std::get<kRows[row].standard.index()>(values_[row]);
  }

 private:
  static consteval std::size_t row_of(std::string_view name) {
    for (std::size_t i = 0; i < kRows.size(); ++i) {
      if (kRows[i].name == name) return i;
    }
    throw "no row of the table has this name";
  }
  std::vector<HyperparameterValue> values_;
};

}  // namespace visionops::contract
