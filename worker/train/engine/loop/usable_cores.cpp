#include "worker/train/engine/loop/usable_cores.h"

#include <algorithm>
#include <fstream>
#include <thread>

namespace visionops::train {

unsigned usable_cores() {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  // "QUOTA PERIOD" in microseconds, or "max PERIOD"; inside a container this is its own cgroup.
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  double quota = 0, period = 0;
  if (!(file >> quota >> period) || period <= 0) return cores;
  return std::clamp(static_cast<unsigned>(quota / period), 1U, cores);
}

}  // namespace visionops::train
