#include "operator/kube/deadline_timer.h"

#include <vector>

namespace visionops::kube {

DeadlineTimer::DeadlineTimer() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::uint64_t DeadlineTimer::arm(TimePoint when, std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  const auto id = ++next_;
  armed_.emplace(id, std::pair(when, std::move(call)));
  rearmed_ = true;
  changed_.notify_one();
  return id;
}

void DeadlineTimer::disarm(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  armed_.erase(id);
}

void DeadlineTimer::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    rearmed_ = false;
    auto nearest = TimePoint::max();
    std::vector<std::function<void()>> due;
    for (auto it = armed_.begin(); it != armed_.end();) {
      const bool now = it->second.first <= std::chrono::steady_clock::now();
      if (now) due.push_back(std::move(it->second.second));
      if (!now) nearest = std::min(nearest, it->second.first);
      it = now ? armed_.erase(it) : std::next(it);
    }
    if (!due.empty()) {
      lock.unlock();
      for (const auto& call : due) call();
      lock.lock();
    } else if (nearest == TimePoint::max()) {
      changed_.wait(lock, stop, [this] { return rearmed_; });
    } else {
      changed_.wait_until(lock, stop, nearest, [this] { return rearmed_; });
    }
  }
}

}  // namespace visionops::kube
