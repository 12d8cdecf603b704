#include "operator/api/alert_rule.h"

#include <charconv>
#include <regex>

namespace visionops::api {
namespace {

template <class Number>
Number number_of(const std::string& digits) {
  Number out{};
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return out;
}

Comparison comparison_of(const std::string& sign) {
  if (sign == "<") return Comparison::Less;
  if (sign == "<=") return Comparison::LessOrEqual;
  return sign == ">" ? Comparison::Greater : Comparison::GreaterOrEqual;
}

}  // namespace

std::optional<AlertRule> parse_alert_rule(const std::string& text) {
  enum { Metric = 1, Sign = 2, Value = 3, Epochs = 7 };  // the groups of the pattern
  static const std::regex form(kAlertPattern, std::regex::optimize);
  constexpr std::size_t kLongest = 128;
  std::smatch part;
  if (text.size() > kLongest || !std::regex_match(text, part, form)) return std::nullopt;
  const std::int32_t epochs = part[Epochs].matched ? number_of<std::int32_t>(part[Epochs]) : 1;
  return AlertRule{part[Metric], comparison_of(part[Sign]), number_of<double>(part[Value]), epochs};
}

bool holds(const AlertRule& rule, double value) {
  switch (rule.comparison) {
    case Comparison::Less:
      return value < rule.value;
    case Comparison::LessOrEqual:
      return value <= rule.value;
    case Comparison::Greater:
      return value > rule.value;
    case Comparison::GreaterOrEqual:
      return value >= rule.value;
  }
  return false;
}

}  // namespace visionops::api
