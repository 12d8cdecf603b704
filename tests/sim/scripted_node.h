// The scheduler, the kubelet and the workers of the simulation: each Pod that appears runs for some
// simulated time and ends as its script says, with a result that is a function of its run spec.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "operator/local/api_server/object_store.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/telemetry.h"

namespace visionops::sim {

struct Script {
  Duration runs_for{10'000};
  int exit_code = 0;
  bool until_deleted = false;  ///< runs until somebody ends it
};

class ScriptedNode {
 public:
  using Director = std::function<Script(const contract::RunSpec&)>;
  using Send = std::function<void(const contract::TelemetryMessage&)>;

  ScriptedNode(local::ObjectStore& store, Director director, Send send)
      : store_(store), director_(std::move(director)), send_(std::move(send)) {}

  /// Starts what is new, ends what is due or deleted.
  void step(TimePoint now);
  /// When the next Pod ends by itself.
  [[nodiscard]] std::optional<TimePoint> next_due() const;
  /// The node forgets a running Pod: Failed with reason NodeLost. false: none runs.
  bool lose_a_pod(std::size_t which, TimePoint now);

 private:
  struct Running {
    cluster::ObjectKey key;
    contract::RunSpec run;
    std::optional<TimePoint> ends;
    int exit_code = 0;
  };
  void start(const cluster::Pod& pod, TimePoint now);
  void finish(const Running& running, int exit_code);
  void tell(const Running& running, std::int64_t sequence, TimePoint now) const;
  std::string result_of(const contract::RunSpec& run, int exit_code);
  std::string digest_at(const contract::DatasetLocation& location) const;

  local::ObjectStore& store_;
  Director director_;
  Send send_;
  std::map<std::string, Running> running_;    ///< by Pod uid
  std::map<std::string, std::string> files_;  ///< store/path -> digest of what a Pipeline wrote
};

}  // namespace visionops::sim
