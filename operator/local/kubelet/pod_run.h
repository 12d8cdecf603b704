// A Pod while it runs on the node: sidecars first, then the init containers one after another, then the worker; when
// the worker or an init container has ended the Pod, the sidecars are asked to finish.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "operator/cluster/workload.h"
#include "operator/local/kubelet/container_run.h"

namespace visionops::local {

/// Why the node ends a Pod before its worker has ended by itself.
enum class StopReason { None, Deleted, NodeShutdown };

/// For the thread that starts processes only.
class PodRun {
 public:
  /// `containers` in the order of the Pod's spec. `grace`: time between SIGTERM and SIGKILL, for the
  /// worker and then again for the sidecars.
  PodRun(cluster::Pod pod, std::vector<ContainerSetup> containers, Duration grace, ProcessGuard* guard);

  /// Starts all containers.
  void start(TimePoint now);
  /// Ends the Pod; the times shorten the Pod's own. The first reason stays.
  void stop(TimePoint now, StopReason reason, Duration worker_grace, Duration sidecar_grace);
  /// True when the status changed.
  bool step(TimePoint now);
  /// Every container has ended.
  [[nodiscard]] bool finished() const;
  /// When time alone asks for a step.
  [[nodiscard]] std::optional<TimePoint> due() const;
  void add_pidfds(std::vector<int>& out) const;
  void keep_logs_below(std::size_t bytes) const;

  [[nodiscard]] const cluster::Pod& pod() const { return pod_; }
  /// Puts phase, containers, reason and message of this run over `live`, the stored Pod.
  void write_status(cluster::Pod& live) const;

 private:
  struct Slot {
    ContainerRun run;
    std::optional<TimePoint> restart_at;
  };
  /// The one that does the work at present: the worker, or an init container.
  [[nodiscard]] const ContainerRun& acting() const { return slots_[acting_].run; }
  bool go_on();
  void stop_sidecars(TimePoint now);
  bool restart_sidecars(TimePoint now);
  [[nodiscard]] bool cut_short() const;

  cluster::Pod pod_;
  std::vector<Slot> slots_;  ///< sidecars, init containers, worker
  std::size_t acting_ = 0;
  Duration worker_grace_;
  Duration sidecar_grace_;
  StopReason stop_ = StopReason::None;
  bool was_working_ = false;  ///< when stop was asked for
};

}  // namespace visionops::local
