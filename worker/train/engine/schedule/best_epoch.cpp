#include "worker/train/engine/schedule/best_epoch.h"

#include <cmath>

namespace visionops::train {

bool BestEpoch::observe(const StoppingRule& rule, std::int32_t at_epoch, double at_value) {
  if (std::isnan(at_value)) return false;
  const double sign = rule.higher_is_better ? 1 : -1;
  if (patience_epoch == 0 || sign * (at_value - patience_value) > rule.min_delta) {
    patience_epoch = at_epoch;
    patience_value = at_value;
  }
  if (epoch != 0 && sign * (at_value - value) <= 0) return false;
  epoch = at_epoch;
  value = at_value;
  return true;
}

bool BestEpoch::exhausted(const StoppingRule& rule, std::int32_t at_epoch) const {
  return rule.patience > 0 && at_epoch - patience_epoch >= rule.patience;
}

}  // namespace visionops::train
