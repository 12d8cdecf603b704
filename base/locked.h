// Locked<T>: a value that cannot be touched without its mutex.
#pragma once

#include <utility>

#include "base/mutex.h"

namespace visionops {

/// Any thread may call with(). The function must not keep a reference to the value, must not block
/// and must not call with() of the same object again.
template <class T>
class Locked {
 public:
  template <class... Args>
  explicit Locked(Args&&... args) : value_(std::forward<Args>(args)...) {}

  template <class F>
  auto with(F&& f) {
    const MutexLock lock(mutex_);
    return std::forward<F>(f)(value_);
  }
  template <class F>
  auto with(F&& f) const {
    const MutexLock lock(mutex_);
    return std::forward<F>(f)(value_);
  }

 private:
  mutable Mutex mutex_;
  T value_ VISIONOPS_GUARDED_BY(mutex_);
};

}  // namespace visionops
