#include "worker/train/engine/sampling/epoch_order.h"

#include <numeric>
#include <utility>

#include "worker/train/engine/sampling/counter_random.h"

namespace visionops::train {

std::vector<std::uint32_t> epoch_order(std::uint64_t seed, std::int32_t epoch, std::uint32_t samples) {
  std::vector<std::uint32_t> order(samples);
  std::iota(order.begin(), order.end(), 0U);
  CounterRandom random{seed, static_cast<std::uint64_t>(epoch)};
  for (std::size_t left = order.size(); left > 1; --left) {  // Fisher-Yates
    std::swap(order[left - 1], order[random.below(left)]);
  }
  return order;
}

}  // namespace visionops::train
