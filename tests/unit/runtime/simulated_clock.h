// A clock that a test moves by hand.
#pragma once

#include <atomic>

#include "base/clock.h"

namespace visionops::runtime {

class SimulatedClock final : public Clock {
 public:
  TimePoint now() const override { return TimePoint{Duration{millis_.load()}}; }
  void advance(Duration by) { millis_ += by.count(); }

 private:
  std::atomic<Duration::rep> millis_ = 1'780'000'000'000;
};

}  // namespace visionops::runtime
