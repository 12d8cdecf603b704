// NVIDIA GPUs through NVML, loaded at run time: the sidecar neither links nor needs a driver.
#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "worker/contract/telemetry.h"

namespace visionops::sidecar {

/// Not thread-safe.
class GpuSampler {
 public:
  /// Loads libnvidia-ml.so.1; without it, or without a driver, there are no samples.
  GpuSampler();
  ~GpuSampler();
  GpuSampler(const GpuSampler&) = delete;
  GpuSampler& operator=(const GpuSampler&) = delete;

  [[nodiscard]] bool available() const { return library_ != nullptr; }
  /// One sample a visible GPU, at most 16. What a GPU does not tell (utilisation under MIG) stays unknown.
  std::vector<contract::ResourceSample> sample(TimePoint now);

 private:
  struct Library;
  std::unique_ptr<Library> library_;
};

}  // namespace visionops::sidecar
