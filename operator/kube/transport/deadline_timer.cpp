#include "operator/kube/transport/deadline_timer.h"

#include <vector>

namespace visionops::kube {

DeadlineTimer::DeadlineTimer() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::uint64_t DeadlineTimer::arm(TimePoint when, std::function<void()> call) {
  const MutexLock lock(mutex_);
  const auto id = ++next_;
  armed_.emplace(id, std::pair(when, std::move(call)));
  rearmed_ = true;
  changed_.notify_one();
  return id;
}

void DeadlineTimer::disarm(std::uint64_t id) {
  const MutexLock lock(mutex_);
  armed_.erase(id);
}

std::chrono::milliseconds DeadlineTimer::longest_overdue() const {
  const MutexLock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  auto longest = std::chrono::milliseconds::zero();
  for (const auto& [id, entry] : armed_) {
    if (!entry.second)
      longest = std::max(longest, std::chrono::duration_cast<std::chrono::milliseconds>(now - entry.first));
  }
  return longest;
}

void DeadlineTimer::run(const std::stop_token& stop) {
  MutexLock lock(mutex_);
  while (!stop.stop_requested()) {
    rearmed_ = false;
    auto nearest = TimePoint::max();
    std::vector<std::function<void()>> due;
    for (auto& [id, entry] : armed_) {
      auto& [when, call] = entry;
      if (!call) continue;
      if (when <= std::chrono::steady_clock::now()) {
        due.push_back(std::exchange(call, nullptr));
      } else {
        nearest = std::min(nearest, when);
      }
    }
    if (!due.empty()) {
      lock.unlock();
      for (const auto& call : due) call();
      lock.lock();
    } else if (nearest == TimePoint::max()) {
      changed_.wait(lock, stop, [this]() VISIONOPS_REQUIRES(mutex_) { return rearmed_; });
    } else {
      changed_.wait_until(lock, stop, nearest, [this]() VISIONOPS_REQUIRES(mutex_) { return rearmed_; });
    }
  }
}

}  // namespace visionops::kube
