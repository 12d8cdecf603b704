#include "worker/pipeline/materialise/pixel_budget.h"

#include <algorithm>

namespace visionops::pipeline {

PixelBudget::Share::Share(PixelBudget& budget, std::int64_t pixels)
    : budget_(budget), pixels_(std::clamp<std::int64_t>(pixels, 0, budget.all_)) {
  std::unique_lock lock(budget_.mutex_);
  budget_.returned_.wait(lock, [&] { return budget_.free_ >= pixels_; });
  budget_.free_ -= pixels_;
}

PixelBudget::Share::~Share() {
  {
    const std::lock_guard lock(budget_.mutex_);
    budget_.free_ += pixels_;
  }
  budget_.returned_.notify_all();
}

}  // namespace visionops::pipeline
