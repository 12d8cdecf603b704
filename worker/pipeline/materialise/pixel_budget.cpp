#include "worker/pipeline/materialise/pixel_budget.h"

#include <algorithm>

namespace visionops::pipeline {

PixelBudget::Share::Share(PixelBudget& budget, std::int64_t bytes)
    : budget_(budget), bytes_(std::clamp<std::int64_t>(bytes, 0, budget.all_)) {
  MutexLock lock(budget_.mutex_);
  budget_.returned_.wait(lock, [&]() VISIONOPS_REQUIRES(budget_.mutex_) { return budget_.free_ >= bytes_; });
  budget_.free_ -= bytes_;
}

PixelBudget::Share::~Share() {
  {
    const MutexLock lock(budget_.mutex_);
    budget_.free_ += bytes_;
  }
  budget_.returned_.notify_all();
}

}  // namespace visionops::pipeline
