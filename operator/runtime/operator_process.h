// The operator on its threads: one per watch, N workers. Start and stop are explicit.
#pragma once

#include <memory>

#include "operator/runtime/engine.h"

namespace visionops::runtime {

struct OperatorSettings {
  EngineSettings engine;
  int workers = 4;  ///< 1..64
};

/// start() and stop() from one thread; the rest from any.
class OperatorProcess {
 public:
  /// The references must outlive this object.
  OperatorProcess(cluster::ClusterApi& api, const Clock& clock, TelemetryBoard& board, OperatorSettings settings,
                  Outlets outlets);
  ~OperatorProcess();  ///< stops; blocks until the threads have ended
  OperatorProcess(const OperatorProcess&) = delete;
  OperatorProcess& operator=(const OperatorProcess&) = delete;

  /// watch() and work(). A stopped process is not started again.
  void start();
  /// Fills the caches and keeps them fresh: what a standby does. Once.
  void watch();
  /// Begins to reconcile: what only a leader may do. Once, after watch().
  void work();
  /// Sends one record for each resource that is known by now: what a former leader may not have written.
  void tell_history() { engine_.tell_history(); }
  /// Stop requested -> watches end -> queue closed -> workers finish their item. Passes in progress are
  /// not cut: each call of theirs has its own deadline. false: threads still run after `deadline`.
  bool stop(Duration deadline);

  FoldResult take(const contract::TelemetryMessage& message) { return engine_.take(message); }
  [[nodiscard]] ObjectPtr find(const cluster::ObjectKey& key) const { return engine_.find(key); }

  /// Caches are complete and workers work: the meaning of /readyz.
  [[nodiscard]] bool ready() const { return engine_.synced(); }
  [[nodiscard]] std::size_t queue_depth() const { return engine_.queue_depth(); }

 private:
  struct Threads;
  std::shared_ptr<spdlog::logger> log_;
  Engine engine_;
  const int workers_;
  bool working_ = false;
  std::unique_ptr<Threads> threads_;
};

}  // namespace visionops::runtime
