// A mutex that clang's thread safety analysis knows (-Wthread-safety, make check-threads), and the words for it.
//
//   mutable Mutex mutex_;
//   std::deque<Job> jobs_ VISIONOPS_GUARDED_BY(mutex_);
//
//   MutexLock lock(mutex_);
//   changed_.wait(lock, stop, [this]() VISIONOPS_REQUIRES(mutex_) { return !jobs_.empty(); });
//
// What is guarded cannot be touched without its mutex; functions that are called with the mutex held say so.
// Source of the attributes: https://clang.llvm.org/docs/ThreadSafetyAnalysis.html
#pragma once

#include <mutex>

#if defined(__clang__)
#define VISIONOPS_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define VISIONOPS_THREAD_ATTRIBUTE(x)
#endif

/// The member may be read and written only with the mutex held.
#define VISIONOPS_GUARDED_BY(x) VISIONOPS_THREAD_ATTRIBUTE(guarded_by(x))
/// The function is called with the mutex held, and returns with it held.
#define VISIONOPS_REQUIRES(...) VISIONOPS_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
/// The function must not be called with the mutex held: it takes it.
#define VISIONOPS_EXCLUDES(...) VISIONOPS_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
/// The order of two mutexes that one thread may hold at the same time.
#define VISIONOPS_ACQUIRED_BEFORE(...) VISIONOPS_THREAD_ATTRIBUTE(acquired_before(__VA_ARGS__))
/// For what the analysis cannot follow; the reason stands beside it.
#define VISIONOPS_NO_THREAD_SAFETY_ANALYSIS VISIONOPS_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace visionops {

class VISIONOPS_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() VISIONOPS_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void unlock() VISIONOPS_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  bool try_lock() VISIONOPS_THREAD_ATTRIBUTE(try_acquire_capability(true)) { return mutex_.try_lock(); }

 private:
  std::mutex mutex_;
};

/// Holds a mutex while it lives; std::condition_variable_any can wait with it.
class VISIONOPS_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) VISIONOPS_THREAD_ATTRIBUTE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() VISIONOPS_THREAD_ATTRIBUTE(release_capability()) {
    if (held_) mutex_.unlock();
  }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  void lock() VISIONOPS_THREAD_ATTRIBUTE(acquire_capability()) {
    mutex_.lock();
    held_ = true;
  }
  void unlock() VISIONOPS_THREAD_ATTRIBUTE(release_capability()) {
    held_ = false;
    mutex_.unlock();
  }

 private:
  Mutex& mutex_;
  bool held_ = true;
};

}  // namespace visionops
