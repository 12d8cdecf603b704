// Loops over indexes on a few threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/parallel/usable_cores.h"
#include "base/result.h"

namespace visionops {

/// Number of threads that `wanted` stands for; 0: all cores that we may use.
inline unsigned thread_count(unsigned wanted) { return wanted > 0 ? wanted : usable_cores(); }

/// Calls work(i) once for every i in [0, count), in no particular order; returns when all are done. `work` must be safe
/// to run on several threads and must not throw: write results to slot i. `threads` 0: all cores that we may use.
/// Neighbours of a block run on one thread: neighbouring files often share directory blocks.
template <class Work>
void parallel_for(std::size_t count, unsigned threads, const Work& work, std::size_t block = 16) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t begin = next.fetch_add(block); begin < count; begin = next.fetch_add(block)) {
      for (std::size_t i = begin; i < std::min(begin + block, count); ++i) work(i);
    }
  };
  std::vector<std::jthread> others;
  const std::size_t useful = std::min<std::size_t>(thread_count(threads), (count + block - 1) / block);
  for (std::size_t t = 1; t < useful; ++t) others.emplace_back(run);
  run();
}

/// The same for work that takes long and may fail: after the first error no further index is taken and that error is
/// returned; Cancelled when `stop` came before all indexes were done. Exceptions of `body` become Internal.
Status parallel_for(std::size_t count, unsigned threads, std::stop_token stop,
                    const std::function<Status(std::size_t)>& body);

}  // namespace visionops
