// Alert rules: "METRIC COMPARISON VALUE [for N epochs]", for example "loss > 10 for 3 epochs".
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace visionops::api {

enum class Comparison { Less, LessOrEqual, Greater, GreaterOrEqual };

struct AlertRule {
  std::string metric;
  Comparison comparison = Comparison::Greater;
  double value = 0;
  std::int32_t epochs = 1;  ///< for how many epochs in a row; 1: as soon as it holds
};

/// What the schema takes, and all that it takes is a rule.
inline constexpr const char* kAlertPattern =
    "^([A-Za-z0-9_][A-Za-z0-9_./@:()-]{0,63}) *(<=|<|>=|>) *(-?[0-9]{1,15}([.][0-9]{1,15})?([eE][+-]?[0-9]{1,2})?)"
    "( for ([1-9][0-9]{0,4}) epochs?)?$";
inline constexpr const char* kAlertWords =
    "must be METRIC, one of < <= > >=, a number, and optionally \"for N epochs\"";

/// nullopt: not of kAlertPattern.
std::optional<AlertRule> parse_alert_rule(const std::string& text);
bool holds(const AlertRule& rule, double value);

}  // namespace visionops::api
