// Bounds the memory of decoded pictures over all threads: small ones are decoded side by side, the
// largest allowed one alone.
#pragma once

#include <condition_variable>
#include <cstdint>

#include "base/mutex.h"

namespace visionops::pipeline {

/// Thread-safe.
class PixelBudget {
 public:
  explicit PixelBudget(std::int64_t bytes) : free_(bytes), all_(bytes) {}

  /// Holds `bytes` (at most the whole budget) until destroyed; waits until they are free.
  class Share {
   public:
    Share(PixelBudget& budget, std::int64_t bytes);
    ~Share();
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

   private:
    PixelBudget& budget_;
    std::int64_t bytes_;
  };

 private:
  Mutex mutex_;
  std::condition_variable_any returned_;
  std::int64_t free_ VISIONOPS_GUARDED_BY(mutex_);
  const std::int64_t all_;
};

}  // namespace visionops::pipeline
