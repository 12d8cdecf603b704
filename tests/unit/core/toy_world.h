// A toy cluster that applies decisions as the runtime does and plays the node: enough to let resources
// run to their end, to crash the operator after any write, and to see that the end is always the same.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "operator/core/reconcile.h"
#include "worker/contract/sidecar_word.h"

namespace visionops::core {

/// How a worker ends.
struct WorkerEnd {
  int exit_code = 0;
  std::string message;
  std::string reason;
  bool disrupted = false;
  bool hangs = false;  ///< keeps running
  std::string word{};  ///< of its sidecar
};

WorkerEnd exits(int code, const std::string& message = "", const std::string& reason = "");
/// A trainer that ends well, and what its sidecar says of that.
WorkerEnd trained(const contract::RunResult& result, const contract::SidecarWord& word);
WorkerEnd hangs();
/// Killed because its node went away.
WorkerEnd taken_away();
/// Every worker does its work and reports what its run spec asks for.
WorkerEnd do_the_work(const cluster::Job& job, std::int32_t index);

class ToyWorld {
 public:
  ToyWorld();

  std::vector<api::Dataset> datasets;
  std::vector<api::Pipeline> pipelines;
  std::vector<api::TrainingJob> training_jobs;
  std::vector<cluster::Job> jobs;
  std::vector<cluster::Pod> pods;
  std::map<std::string, contract::Progress> progress;  ///< by name of the Pipeline
  std::map<std::string, TrainingTelemetry> telemetry;  ///< by name of the TrainingJob
  Platform platform;
  TimePoint now;

  /// Decides how the worker of a Pod ends; by default each one does its work.
  std::function<WorkerEnd(const cluster::Job&, std::int32_t index)> worker = do_the_work;
  /// Writes that the operator may still make; at zero it has crashed, and a pass is cut off there.
  int writes_left = std::numeric_limits<int>::max();

  // what happened
  std::vector<std::string> created_jobs;  ///< names, in order, without repeated creates
  std::vector<std::string> deleted_jobs;
  std::vector<cluster::Event> events;
  std::vector<Record> records;
  int writes = 0;

  /// Reconciles every resource until nothing changes. False when it never comes to rest, or crashed.
  bool settle();
  /// Starts Pods of new Jobs.
  void start_pods();
  /// Ends the running workers as `worker` says.
  void end_workers();
  /// settle, start, settle, end, ... and lets time pass for retries, until everything is at rest.
  /// False when it does not end.
  bool run_to_end();

  api::Dataset& dataset_named(const std::string& name);
  api::Pipeline& only_pipeline() { return pipelines.at(0); }
  api::TrainingJob& only_training_job() { return training_jobs.at(0); }
  cluster::Job* find_job(const std::string& name);
  /// What must be equal however often the operator crashed: resources and Jobs, without times.
  [[nodiscard]] std::string fingerprint() const;
  [[nodiscard]] std::size_t count_events(std::string_view reason) const;

 private:
  bool pass();
  template <class Resource, class Observed>
  bool reconcile_one(const std::string& name, std::vector<Resource>& all,
                     const std::function<Observed(const Resource&)>& gather);
  bool apply(const Action& action, api::ObjectMeta& owner);
  bool write();
  void collect_garbage();

  bool changed_ = false;
  int uids_ = 0;
  std::optional<Duration> next_check_;
};

}  // namespace visionops::core
