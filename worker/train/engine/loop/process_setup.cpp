#include "worker/train/engine/loop/process_setup.h"

#include <malloc.h>
#include <unistd.h>

#include <cstdlib>

namespace visionops::train {

namespace {

/// Threads of a step wait for each other every few microseconds: a thread that sleeps at once makes the step 1.6 times
/// as long (77 instead of 48 ms, two cores), one that spins as long as libgomp would have it doubles it when anything
/// else wants a core. A thousand rounds, some 20 microseconds, cost a sixth there and nothing on a quiet machine.
constexpr const char* kSpinRounds = "1000";

void spin_shortly(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr) return;  // NOLINT(concurrency-mt-unsafe)
  if (std::getenv("GOMP_SPINCOUNT") != nullptr) return;   // NOLINT(concurrency-mt-unsafe)
  ::setenv("GOMP_SPINCOUNT", kSpinRounds, 1);             // NOLINT(concurrency-mt-unsafe)
  ::execv("/proc/self/exe", argv);                        // returns only when it failed: then it spins longer
}

}  // namespace

void set_up_training_process(char** argv) {
  spin_shortly(argv);
  // Tensors come and go in each step: without this, glibc maps and clears their pages anew every time
  // (a tenth of the run on small networks).
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

}  // namespace visionops::train
