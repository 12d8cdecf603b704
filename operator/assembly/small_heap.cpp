#include "operator/assembly/small_heap.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace visionops::commands {

void use_small_heap() {
#ifdef __GLIBC__
  // One arena a thread, glibc's habit, keeps the largest reply that each thread has ever read.
  mallopt(M_ARENA_MAX, 2);
  // A fixed bound: else glibc raises it with the first large reply, and later ones are carved out of the heap.
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  mallopt(M_TRIM_THRESHOLD, 256 * 1024);
#endif
}

}  // namespace visionops::commands
