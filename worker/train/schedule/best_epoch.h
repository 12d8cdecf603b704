// Remembers the best epoch by one metric and says when further epochs are not worth their time. PURE.
#pragma once

#include <cstdint>

#include "base/fields.h"

namespace visionops::train {

struct StoppingRule {
  bool higher_is_better = true;
  std::int32_t patience = 0;  ///< epochs without improvement that are allowed; 0: never stops
  double min_delta = 0;       ///< a smaller gain does not renew the patience
};

/// The state is plain members, so that a checkpoint can carry it.
struct BestEpoch {
  std::int32_t epoch = 0;  ///< counted from 1; 0: none yet
  double value = 0;
  std::int32_t patience_epoch = 0;  ///< when the patience was last renewed
  double patience_value = 0;
  bool operator==(const BestEpoch&) const = default;

  /// Returns whether this epoch is the best so far. A NaN is never better.
  bool observe(const StoppingRule& rule, std::int32_t at_epoch, double at_value);
  [[nodiscard]] bool exhausted(const StoppingRule& rule, std::int32_t at_epoch) const;

  static const Table<BestEpoch>& fields();
};

}  // namespace visionops::train
