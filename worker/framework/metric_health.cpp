#include "worker/framework/metric_health.h"

#include <cmath>

#include "base/readable_text.h"
#include "worker/framework/lines/plain_line.h"

namespace visionops::framework {

namespace {

constexpr std::size_t kMostBroken = 4096;

/// Part of what is learned by: when it is no number the weights are lost. A score of no examples is no number either,
/// and harmless (detectron2's AP of small objects).
bool tells_health(std::string_view name) {
  for (const std::string_view part : {"loss", "Loss", "LOSS", "grad", "norm", "cost", "nll", "perplexity"}) {
    if (name.find(part) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

std::string evidence_of(std::string_view line) { return local::readable_text(trimmed(line), kMaxEvidence); }

bool MetricHealth::look_at(std::string_view name, double value, std::string_view line, std::string_view row) {
  const auto broken = broken_.find(name);
  if (std::isfinite(value)) {
    if (broken != broken_.end()) broken_.erase(broken);
    return false;
  }
  if (broken != broken_.end() || broken_.size() >= kMostBroken) return false;
  broken_.emplace(name, NotANumber{evidence_of(line), evidence_of(row), ++order_});
  return true;
}

const NotANumber* MetricHealth::not_a_number() const {
  const NotANumber* first = nullptr;
  for (const auto& [name, broken] : broken_) {
    if (tells_health(name) && (first == nullptr || broken.order < first->order)) first = &broken;
  }
  return first;
}

}  // namespace visionops::framework
