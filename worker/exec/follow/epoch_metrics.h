// The values of each epoch, and which epoch is the best by one of them. PURE.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "worker/contract/telemetry.h"

namespace visionops::exec {

using Metrics = std::map<std::string, double>;

class EpochMetrics {
 public:
  /// The newest value of each name and epoch counts; the oldest epochs are forgotten, and names beyond
  /// contract::kMaxMetricNames.
  void note(const contract::MetricPoint& point);
  [[nodiscard]] Metrics of(std::int32_t epoch) const;

 private:
  std::map<std::int32_t, Metrics> by_epoch_;
};

/// The name that a person would look at first: a quality of the validation before a loss; empty: there is none.
std::string main_metric(const Metrics& metrics);

}  // namespace visionops::exec
