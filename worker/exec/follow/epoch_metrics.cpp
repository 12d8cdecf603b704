#include "worker/exec/follow/epoch_metrics.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string_view>

namespace visionops::exec {

namespace {

constexpr std::size_t kMostEpochs = 4096;

/// Parts of names, small letters, the most telling first.
constexpr std::array<std::string_view, 12> kTelling{"map50-95", "map50_95",  "eval_map", "val_map",
                                                    "map",      "top1",      "accuracy", "acc",
                                                    "f1",       "eval_loss", "val_loss", "loss"};

std::string small(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

void EpochMetrics::note(const contract::MetricPoint& point) {
  if (point.epoch <= 0 || !std::isfinite(point.value)) return;
  auto& metrics = by_epoch_[point.epoch];
  if (metrics.size() < contract::kMaxMetricNames || metrics.contains(point.name)) metrics[point.name] = point.value;
  if (by_epoch_.size() > kMostEpochs) by_epoch_.erase(by_epoch_.begin());
}

Metrics EpochMetrics::of(std::int32_t epoch) const {
  const auto it = by_epoch_.find(epoch);
  return it == by_epoch_.end() ? Metrics{} : it->second;
}

std::string main_metric(const Metrics& metrics) {
  for (const auto part : kTelling) {
    for (const auto& [name, value] : metrics) {
      if (small(name).find(part) != std::string::npos) return name;
    }
  }
  return {};
}

}  // namespace visionops::exec
