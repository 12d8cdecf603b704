// The order in which an epoch visits the samples: a permutation drawn from (seed, epoch). PURE.
#pragma once

#include <cstdint>
#include <vector>

namespace visionops::train {

/// Every index 0 .. samples - 1 once.
std::vector<std::uint32_t> epoch_order(std::uint64_t seed, std::int32_t epoch, std::uint32_t samples);

}  // namespace visionops::train
