// One simulated installation: cluster, node, users and an operator that may die at any write. All of it
// on one thread and one clock, so that a seed repeats a run exactly.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "operator/local/job_controller/job_controller.h"
#include "operator/runtime/engine.h"
#include "tests/sim/faulty_cluster_api.h"
#include "tests/sim/history_watch.h"
#include "tests/sim/scripted_node.h"
#include "tests/sim/workload.h"
#include "tests/unit/runtime/simulated_clock.h"

namespace visionops::sim {

/// Disturbances beyond single calls, per round of the scheduler.
struct Weather {
  Faults calls{};
  double freeze = 0;                               ///< the API server shows an old state for a while
  double compaction = 0;                           ///< the history of watches is forgotten
  double lost_pod = 0;                             ///< a node loses a Pod
  double restart = 0;                              ///< the operator is killed between two passes
  Duration calm_after = std::chrono::minutes(30);  ///< then everything works, so that the run can end
};

struct WorldOptions {
  std::uint64_t seed = 0;
  bool shuffled = false;  ///< components act in random order and lag behind each other
  Weather weather{};
  std::optional<CrashPlan> crash{};
  std::vector<UserStep> users = workload();
};

class World {
 public:
  explicit World(WorldOptions options);

  /// Until all user steps are done and nothing is left to do. Empty, or why it cannot come to rest.
  std::string run();
  /// Until nothing is left to do, without users.
  std::string settle();
  /// The operator is killed and started anew, with empty memory.
  void restart_operator();

  local::ObjectStore& store() { return store_; }
  FaultyClusterApi& api() { return api_; }
  runtime::SimulatedClock& clock() { return clock_; }
  const HistoryWatch& history() const { return history_; }
  int passes() const { return passes_; }
  /// What the history database would hold: the newest phase by "Kind name run". Without the resources that
  /// leave in the end: a deletion while the operator is away leaves no record.
  std::map<std::string, std::string> lasting_records() const;

 private:
  std::unique_ptr<runtime::Engine> make_engine();
  void record(const std::vector<core::Record>& records);
  bool round(bool everything);
  bool operator_acts(bool everything);
  bool user_acts();
  [[nodiscard]] bool has_done(const std::string& step) const;
  void job_controller_acts();
  void disturb();
  void survive_crash();
  bool rest();
  std::string overview() const;
  void look() { history_.look(); }

  const WorldOptions options_;
  runtime::SimulatedClock clock_;
  const TimePoint began_;
  Random random_;
  int uids_ = 0;
  local::ObjectStore store_;
  FaultyClusterApi api_;
  local::JobController jobs_;
  ScriptedNode node_;
  HistoryWatch history_;
  std::map<std::string, std::string> records_;
  std::vector<UserStep> users_;
  std::size_t users_done_ = 0;
  std::unique_ptr<runtime::TelemetryBoard> board_;
  std::unique_ptr<runtime::Engine> engine_;
  std::uint64_t jobs_seen_ = 0;
  std::optional<TimePoint> jobs_due_;
  std::optional<TimePoint> thaws_at_;
  int passes_ = 0;
  std::string user_error_;
};

}  // namespace visionops::sim
