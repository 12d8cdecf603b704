#include "operator/runtime/queue/backoff.h"

#include <algorithm>
#include <memory>
#include <random>

namespace visionops::runtime {

Duration Backoff::delay(int failures, double random) const {
  if (failures < 1) return Duration{0};
  Duration wait = base;
  for (int i = 1; i < failures && wait < cap; ++i) wait *= 2;
  wait = std::min(wait, cap);
  const double extra = static_cast<double>(wait.count()) * jitter * random;
  return wait + Duration{static_cast<Duration::rep>(extra)};
}

Jitter random_jitter() {
  auto engine = std::make_shared<std::mt19937_64>(std::random_device{}());
  return [engine] { return std::uniform_real_distribution<double>(0.0, 1.0)(*engine); };
}

}  // namespace visionops::runtime
