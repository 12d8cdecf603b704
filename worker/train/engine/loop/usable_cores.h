// How many cores this process may keep busy: threads beyond that only wait for each other.
#pragma once

namespace visionops::train {

/// The smaller of the CPU affinity and the cgroup's quota (cpu.max), rounded down, at least 1.
unsigned usable_cores();

}  // namespace visionops::train
