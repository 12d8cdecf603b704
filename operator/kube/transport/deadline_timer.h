// Calls back at deadlines, on a thread of its own: cpprest's timeout is re-armed by every chunk of a reply
// and so never ends an exchange as a whole.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <thread>
#include <utility>

#include "base/mutex.h"

namespace visionops::kube {

/// Thread-safe.
class DeadlineTimer {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  DeadlineTimer();

  /// `call` runs once at `when` on the timer's thread; it may arm again, and must not block.
  std::uint64_t arm(TimePoint when, std::function<void()> call);
  /// Afterwards the call does not begin any more; one that has begun may still run.
  void disarm(std::uint64_t id);
  /// Since when the oldest call that was made has not been disarmed; zero when all were.
  [[nodiscard]] std::chrono::milliseconds longest_overdue() const;

 private:
  void run(const std::stop_token& stop);
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  /// Until disarmed; a call that was made is empty.
  std::map<std::uint64_t, std::pair<TimePoint, std::function<void()>>> armed_ VISIONOPS_GUARDED_BY(mutex_);
  std::uint64_t next_ VISIONOPS_GUARDED_BY(mutex_) = 0;
  /// Since the thread last looked: the new deadline may be the nearest.
  bool rearmed_ VISIONOPS_GUARDED_BY(mutex_) = false;
  std::jthread thread_;  // last: its body uses the members above
};

}  // namespace visionops::kube
