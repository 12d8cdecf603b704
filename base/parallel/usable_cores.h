// How many cores this process may keep busy: threads beyond that only wait for each other, or take what is others'.
#pragma once

#include <string_view>

namespace visionops {

/// The least of the CPU affinity, the cgroup's quota (cpu.max) and what the Pod asked for ($VISIONOPS_CPU), rounded
/// down, at least 1. From any thread.
unsigned usable_cores();

/// The same of given values: `quota` as cpu.max has it ("200000 100000", "max 100000"), `given` a quantity; empty: no
/// bound. PURE.
unsigned usable_cores(unsigned machine, std::string_view quota, std::string_view given);

}  // namespace visionops
