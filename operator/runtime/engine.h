// The operator without its threads: cache, queue, controller and reflectors, wired once. OperatorProcess
// runs it on threads; the simulator steps it by hand.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "operator/runtime/pass/controller.h"
#include "operator/runtime/watch/reflector.h"

namespace visionops::runtime {

struct EngineSettings {
  std::string namespace_;  ///< watched; empty: all
  core::Platform platform;
  Duration own_write_patience{5'000};                   ///< then own writes are read directly instead of awaited
  Duration resync_interval{3'600'000};                  ///< all resources are looked at again in this time
  std::function<Jitter()> make_jitter = random_jitter;  ///< called once for each place that waits
};

class Engine {
 public:
  /// The references must outlive the engine. The board's wake-ups go to this engine until it is destroyed.
  Engine(cluster::ClusterApi& api, const Clock& clock, TelemetryBoard& board, EngineSettings settings, Outlets outlets);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// One a watched kind; each is used by one thread.
  std::vector<std::unique_ptr<Reflector>>& reflectors() { return reflectors_; }
  /// Processes one due key without waiting; false: nothing is due, or not all kinds are listed yet.
  bool run_one();
  /// Takes keys until `stop` or close(): the body of a worker thread. Many threads may be in it.
  void run_worker(std::stop_token stop);
  void close() { queue_.close(); }
  /// Folds a message of a run of `owner` into the board, when that resource is there; the cache forgets what a message
  /// that came too late would keep.
  FoldResult take(const contract::TelemetryMessage& message);
  /// Of the cache; null: not there.
  [[nodiscard]] ObjectPtr find(const cluster::ObjectKey& key) const;
  void tell_history() { intake_.tell_history_of_all(); }

  /// All kinds have been listed once.
  [[nodiscard]] bool synced() const { return intake_.synced(); }
  [[nodiscard]] std::size_t queue_depth() const { return queue_.depth(); }
  /// When a delayed key becomes due.
  [[nodiscard]] std::optional<TimePoint> next_due() const { return queue_.next_due(); }

 private:
  void resync_if_due();
  [[nodiscard]] bool has_owner(const contract::RunOwner& owner) const;

  const Clock& clock_;
  TelemetryBoard& board_;
  const EngineSettings settings_;
  const Outlets outlets_;
  Locked<ObjectCache> cache_;
  SharedWorkQueue queue_;
  ChangeIntake intake_;
  ClusterWriter writer_;
  PodCatchUp pods_;
  StartWarnings start_warnings_;
  RefusedCreates refused_creates_;
  Controller controller_;
  std::vector<std::unique_ptr<Reflector>> reflectors_;
  Locked<TimePoint> next_resync_;
};

}  // namespace visionops::runtime
