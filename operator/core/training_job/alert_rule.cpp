#include "operator/core/training_job/alert_rule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

namespace visionops::core {

namespace {

constexpr std::array<std::pair<std::string_view, Comparison>, 6> kComparisons{{{"<", Comparison::Less},
                                                                               {"<=", Comparison::LessOrEqual},
                                                                               {">", Comparison::Greater},
                                                                               {">=", Comparison::GreaterOrEqual},
                                                                               {"==", Comparison::Equal},
                                                                               {"!=", Comparison::NotEqual}}};

bool is_space(char c) { return c == ' ' || c == '\t'; }
bool is_comparison(char c) { return c == '<' || c == '>' || c == '=' || c == '!'; }

/// Words and comparison signs; spaces around a sign are not needed ("loss>10").
std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    const bool sign = is_comparison(text[at]);
    std::size_t end = at;
    while (end < text.size() && !is_space(text[end]) && is_comparison(text[end]) == sign) ++end;
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

bool is_metric_name(std::string_view name) {
  constexpr std::size_t kMaxName = 64;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_./:@-").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), fits);
}

std::optional<Comparison> parse_comparison(std::string_view text) {
  for (const auto& [sign, comparison] : kComparisons) {
    if (sign == text) return comparison;
  }
  return std::nullopt;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number out{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

Error refuse(const std::string& what) {
  return invalid_error(what +
                       "; expected METRIC COMPARISON VALUE [for N epochs], for example \"loss > 10 for 3 epochs\"");
}

}  // namespace

Result<AlertRule> parse_alert_rule(std::string_view text) {
  constexpr std::int32_t kMaxEpochs = 100'000;
  const auto tokens = tokens_of(text);
  if (tokens.size() != 3 && tokens.size() != 6) return refuse("\"" + std::string(text) + "\" is not a rule");
  AlertRule rule;
  rule.metric = std::string(tokens[0]);
  if (!is_metric_name(tokens[0])) return refuse("\"" + rule.metric + "\" is not a metric name");
  const auto comparison = parse_comparison(tokens[1]);
  if (!comparison) return refuse("\"" + std::string(tokens[1]) + "\" is not one of < <= > >= == !=");
  rule.comparison = *comparison;
  const auto value = parse_number<double>(tokens[2]);
  if (!value || !std::isfinite(*value)) return refuse("\"" + std::string(tokens[2]) + "\" is not a number");
  rule.value = *value;
  if (tokens.size() == 3) return rule;
  const auto epochs = parse_number<std::int32_t>(tokens[4]);
  if (tokens[3] != "for" || !epochs || *epochs < 1 || *epochs > kMaxEpochs ||
      (tokens[5] != "epochs" && tokens[5] != "epoch")) {
    return refuse("\"" + std::string(tokens[3].data(), text.data() + text.size()) + "\" is not \"for N epochs\"");
  }
  rule.epochs = *epochs;
  return rule;
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
    case Comparison::Equal:
      return value == rule.value;
    case Comparison::NotEqual:
      return value != rule.value;
  }
  return false;
}

}  // namespace visionops::core
