// One container of a Pod while it runs on the node: its process, its log, how it ended.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "operator/cluster/workload.h"
#include "operator/local/kubelet/pod_folder.h"
#include "operator/local/process/process.h"
#include "operator/local/process/process_guard.h"

namespace visionops::local {

/// Where and how the container's process is started.
struct ContainerSetup {
  cluster::Container container;
  PodFolder folder;
  std::vector<std::string> environment;
  std::string program_folder;  ///< searched before PATH for a command without slash
  std::string search_path;
};

/// For the thread that starts processes only.
class ContainerRun {
 public:
  ContainerRun(ContainerSetup setup, ProcessGuard* guard);

  /// Afterwards running() or, when there is no such program, ended with exit code 127 and reason
  /// StartError. Called again for a sidecar that ended: counts as a restart.
  void start();
  /// SIGTERM now, SIGKILL to its whole group after `grace`. Repeated calls can only shorten the time.
  void stop(TimePoint now, Duration grace);
  /// Notices the end, kills when the grace is over. True when the state changed.
  bool step(TimePoint now);

  [[nodiscard]] bool running() const { return process_.has_value(); }
  [[nodiscard]] const cluster::Container& container() const { return setup_.container; }
  [[nodiscard]] const cluster::ContainerState& state() const { return state_; }
  /// When time alone asks for a step.
  [[nodiscard]] std::optional<TimePoint> due() const { return kill_at_; }
  /// -1 when nothing runs.
  [[nodiscard]] int pidfd() const { return process_ ? process_->pidfd() : -1; }
  void keep_log_below(std::size_t bytes) const;

 private:
  Status launch();
  void record_start_failure(const Error& failure);
  void record_exit(const ProcessExit& exit);
  [[nodiscard]] std::string last_words(bool failed) const;

  ContainerSetup setup_;
  ProcessGuard* guard_;
  cluster::ContainerState state_;
  std::optional<Process> process_;
  pid_t group_ = 0;  ///< process group of the newest process
  std::optional<TimePoint> kill_at_;
  bool stopped_ = false;  ///< SIGTERM was sent by us
  bool killed_ = false;   ///< SIGKILL was sent by us
  long oom_kills_before_ = 0;
};

}  // namespace visionops::local
