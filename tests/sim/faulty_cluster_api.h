// ClusterApi over the embedded object store, with the faults of a real network and API server between.
// Nothing blocks: a watch delivers what there is and ends.
#pragma once

#include <map>
#include <optional>

#include "operator/local/api_server/object_store.h"
#include "tests/sim/random.h"

namespace visionops::sim {

/// Probabilities per call.
struct Faults {
  double conflict = 0;      ///< a write is refused with 409 though nobody else wrote
  double refused = 0;       ///< a write does not arrive
  double lost_reply = 0;    ///< a write is applied, the caller gets an error
  double crash_before = 0;  ///< the operator dies before a write
  double crash_after = 0;   ///< the operator dies after a write was applied, before it knows
  double failed_read = 0;   ///< get and list
  double failed_watch = 0;  ///< a stream breaks
  double gone = 0;          ///< a stream ends with 410
  double cut_short = 0;     ///< a stream ends before it has delivered everything
  double duplicate = 0;     ///< a change is delivered twice
};

/// The operator dies at its write number `write` (1, 2, ...).
struct CrashPlan {
  int write = 0;
  bool applied = false;  ///< before or after the write took effect
};

/// Thrown out of a call when the operator dies in it; what ran is thrown away.
struct OperatorCrash {};

class FaultyClusterApi final : public cluster::ClusterApi {
 public:
  FaultyClusterApi(local::ObjectStore& store, Random& random) : store_(store), random_(random) {}

  Faults faults;
  std::optional<CrashPlan> crash_plan;

  [[nodiscard]] int writes() const { return writes_; }
  /// How often by "update_status Dataset lab/street".
  [[nodiscard]] const std::map<std::string, int>& writes_by_object() const { return writes_by_object_; }
  /// Changes delivered, and calls in which a fault withheld something: the caller will try again.
  [[nodiscard]] int activity() const { return activity_; }
  [[nodiscard]] bool crashed() const { return crashed_; }
  void restarted() { crashed_ = false; }

  /// Lists answer from now on with the state of this moment and watches are silent: an API server that
  /// has lost contact with etcd. Reads of single objects and writes still reach the newest state.
  void freeze();
  void thaw() { frozen_.clear(); }
  [[nodiscard]] bool frozen() const { return !frozen_.empty(); }

  Result<cluster::Object> get(const cluster::ObjectKey& key) override;
  Result<cluster::ObjectList> list(cluster::Kind kind, const cluster::ListOptions& options) override;
  Status watch(cluster::Kind kind, const cluster::ListOptions& options, const std::string& resource_version,
               const std::function<void(cluster::Change)>& on_change, std::stop_token stop) override;
  Result<cluster::Object> create(const cluster::Object& object) override;
  Result<cluster::Object> update(const cluster::Object& object) override;
  Result<cluster::Object> update_status(const cluster::Object& object) override;
  Status remove(const cluster::ObjectKey& key, const cluster::Preconditions& preconditions) override;
  void emit(const cluster::Object& about, const cluster::Event& event) override;
  Result<std::optional<cluster::Event>> latest_warning(const cluster::Object&) override {
    return std::optional<cluster::Event>();
  }

 private:
  void alive() const;
  void ask(cluster::Kind kind, cluster::Verbs verb) const;
  bool strikes(double probability);
  [[noreturn]] void crash();
  template <class ResultType, class Write>
  ResultType faulty_write(const char* verb, const cluster::ObjectKey& key, Write&& write);

  local::ObjectStore& store_;
  Random& random_;
  std::map<cluster::Kind, cluster::ObjectList> frozen_;
  int writes_ = 0;
  std::map<std::string, int> writes_by_object_;
  int activity_ = 0;
  bool crashed_ = false;
};

}  // namespace visionops::sim
