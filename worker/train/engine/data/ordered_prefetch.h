// Makes the items 0 .. count - 1 ahead of their use on a few threads and hands them out in order, so
// that the result does not depend on the number of threads.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace visionops::train {

/// `make` is called from several threads at once and must not throw. The destructor waits for the items
/// that are being made.
template <class Item>
class OrderedPrefetch {
 public:
  /// At most 2 * threads items are held.
  OrderedPrefetch(std::size_t count, unsigned threads, std::function<Item(std::size_t)> make)
      : count_(count), window_(2 * std::size_t{threads}), make_(std::move(make)) {
    for (unsigned i = 0; i < threads; ++i) workers_.emplace_back([this](std::stop_token stop) { work(stop); });
  }
  ~OrderedPrefetch() {
    for (auto& worker : workers_) worker.request_stop();
  }
  OrderedPrefetch(const OrderedPrefetch&) = delete;
  OrderedPrefetch& operator=(const OrderedPrefetch&) = delete;

  /// nullopt after the last item. One caller at a time.
  std::optional<Item> next() {
    MutexLock lock(mutex_);
    if (taken_ == count_) return std::nullopt;
    changed_.wait(lock, [&]() VISIONOPS_REQUIRES(mutex_) { return ready_.contains(taken_); });
    auto item = std::move(ready_.extract(taken_++).mapped());
    lock.unlock();
    changed_.notify_all();
    return item;
  }

 private:
  void work(const std::stop_token& stop) {
    const auto wanted = [this]()
                            VISIONOPS_REQUIRES(mutex_) { return claimed_ == count_ || claimed_ < taken_ + window_; };
    MutexLock lock(mutex_);
    while (changed_.wait(lock, stop, wanted)) {
      if (claimed_ == count_) return;
      const std::size_t index = claimed_++;
      lock.unlock();
      Item item = make_(index);
      lock.lock();
      ready_.emplace(index, std::move(item));
      changed_.notify_all();
    }
  }

  const std::size_t count_;
  const std::size_t window_;
  const std::function<Item(std::size_t)> make_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::size_t, Item> ready_ VISIONOPS_GUARDED_BY(mutex_);
  std::size_t claimed_ VISIONOPS_GUARDED_BY(mutex_) = 0;
  std::size_t taken_ VISIONOPS_GUARDED_BY(mutex_) = 0;
  std::vector<std::jthread> workers_;  // last: joined first
};

}  // namespace visionops::train
