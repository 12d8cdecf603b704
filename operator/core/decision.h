// What a reconciler decides. A Decision is a value: everything an outside reader needs to understand
// it is in here, and equal input gives an equal Decision.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "operator/cluster/cluster_api.h"
#include "operator/core/record.h"

namespace visionops::core {

struct CreateJob {
  cluster::Job job;
};
struct DeleteJob {
  std::string name;
  std::string uid;  ///< precondition
};
/// Creates the name under which the Pods of a resource find each other; AlreadyExists of the same owner is success.
struct CreateService {
  cluster::Service service;
};
/// Creates the Dataset a Pipeline made; AlreadyExists with the same lineage is success.
struct CreateDataset {
  api::Dataset dataset;
};
struct AddFinalizer {
  std::string finalizer;
};
struct RemoveFinalizer {
  std::string finalizer;
};

/// Why nothing may start; see reasons.h, "Refusals".
struct Refusal {
  std::string reason;
  std::string message;
};

/// In the order in which they are applied. The first failure ends the pass; the next pass decides anew.
using Action = std::variant<CreateService, CreateJob, DeleteJob, CreateDataset, AddFinalizer, RemoveFinalizer>;

/// What a decision asks for beside its status. The runtime applies: actions that `status_first` allows after the
/// status write, else before it; one status write if the status changed; then events; then records.
struct Outcome {
  std::vector<Action> actions;
  /// The status must be stored before the actions run: a version or a run number is assigned before
  /// the first write that uses it. A decision with a DeleteJob is always applied this way: the Job is the
  /// evidence of its attempt, and what was concluded from it is stored before it goes.
  bool status_first = false;
  std::vector<cluster::Event> events;
  std::vector<Record> records;
  std::optional<Duration> check_again_in;
};

/// Asks to be called again at `at` at the latest; the earliest wish wins.
void check_at(Outcome& outcome, TimePoint at, TimePoint now);
/// Cuts the message to what Kubernetes takes (1 KiB).
void emit(Outcome& outcome, cluster::EventType type, std::string_view reason, const std::string& message);

template <class StatusType>
struct DecisionOf : Outcome {
  StatusType status;
};

using DatasetDecision = DecisionOf<api::DatasetStatus>;
using PipelineDecision = DecisionOf<api::PipelineStatus>;
using TrainingJobDecision = DecisionOf<api::TrainingJobStatus>;

}  // namespace visionops::core
