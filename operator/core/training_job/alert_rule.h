// Alert rules: "METRIC COMPARISON VALUE [for N epochs]", for example "loss > 10 for 3 epochs".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace visionops::core {

enum class Comparison { Less, LessOrEqual, Greater, GreaterOrEqual, Equal, NotEqual };

struct AlertRule {
  std::string metric;
  Comparison comparison = Comparison::Greater;
  double value = 0;
  std::int32_t epochs = 1;  ///< for how many epochs in a row; 1: as soon as it holds
};

/// Invalid: not of that form, with what was expected. Metric names are of [A-Za-z0-9_./:@-], at most 64;
/// comparisons are < <= > >= == !=; N is 1 to 100000.
Result<AlertRule> parse_alert_rule(std::string_view text);
bool holds(const AlertRule& rule, double value);

}  // namespace visionops::core
