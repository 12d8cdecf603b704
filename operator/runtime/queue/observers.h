// What the runtime tells a metrics system: plain functions with plain arguments, so that the runtime
// knows no metrics library. An empty function is not called.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <utility>

#include "base/clock.h"

namespace visionops::runtime {

template <class... Parameters, class... Arguments>
void notify(const std::function<void(Parameters...)>& observer, Arguments&&... arguments) {
  if (observer) observer(std::forward<Arguments>(arguments)...);
}

/// Called from any thread, under the lock of the queue.
struct QueueObservers {
  std::function<void(std::size_t)> depth;
  std::function<void()> added;
  std::function<void()> retried;
  std::function<void(Duration)> waited;  ///< a key left the queue after this time
};

/// One pass of a controller. result: "success", "requeue_after", "requeue" (conflict or own write not
/// yet seen), "error".
struct PassSample {
  std::string_view controller;  ///< the kind that it reconciles: "TrainingJob"
  std::string_view result;
  std::chrono::steady_clock::duration took{};
};

/// Called from any thread, without a lock.
struct Observers {
  QueueObservers queue;
  std::function<void(const PassSample&)> passed;
  std::function<void(std::string_view controller, int delta)> active_workers;
  /// A resource entered (+1) or left (-1) a phase.
  std::function<void(std::string_view kind, std::string_view phase, int delta)> resources;
  /// cause: "gone", "error", "ended"
  std::function<void(std::string_view kind, std::string_view cause)> watch_restarted;
  std::function<void(std::string_view kind, std::size_t objects)> cached;
  /// A write to the cluster: "create", "update", "update_status", "delete".
  std::function<void(std::string_view verb, std::string_view kind)> wrote;
  /// The API server did not take a status, because of the resource or the definition of its kind.
  std::function<void(std::string_view kind)> status_refused;
};

}  // namespace visionops::runtime
