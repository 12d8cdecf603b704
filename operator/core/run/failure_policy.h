// Failure policy: why an attempt ended, and whether the same attempt may be tried again.
//
// Sources of the rules: the worker's exit codes (worker/contract/exit_code.h), 128 + signal as shells
// and container runtimes report it, container reasons of Kubernetes ("OOMKilled"), and the Pod
// condition DisruptionTarget. A worker's own word about a class is believed (it knows CudaOOM from
// NaN), but never for a free retry: a user's image must not restart for ever at no cost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "operator/api/pipeline.h"
#include "operator/cluster/workload.h"
#include "worker/contract/exit_code.h"

namespace visionops::core {

/// Classes beyond the exit code table: what platform and trainers report.
struct FailureClass {
  std::string name;
  contract::RetryDecision retry = contract::RetryDecision::Counted;
  bool reported = false;  ///< a worker may name it in its result
  std::string meaning;
  std::string hint;
};
const std::vector<FailureClass>& failure_classes();

struct Failure {
  std::string failure_class;
  contract::RetryDecision retry = contract::RetryDecision::Counted;
  std::string evidence;
  std::string hint;
  std::int32_t exit_code = 0;
};

namespace failure {
inline constexpr const char* kNodeLost = "NodeLost";
inline constexpr const char* kHostOom = "HostOOM";
inline constexpr const char* kUnknown = "Unknown";
inline constexpr const char* kHung = "Hung";
inline constexpr const char* kResultLost = "ResultLost";
inline constexpr const char* kCheckpointNotVerified = "CheckpointNotVerified";
inline constexpr const char* kOutputConflict = "OutputConflict";
inline constexpr const char* kInputMissing = "InputMissing";
inline constexpr const char* kDeadlineExceeded = "DeadlineExceeded";
inline constexpr const char* kPendingDeadlineExceeded = "PendingDeadlineExceeded";
}  // namespace failure

/// Of a class in failure_classes() or the exit code table; an unknown name becomes "Unknown".
Failure failure_of(const std::string& class_name, std::string evidence);
/// Of a Pod that failed, or whose worker ended with an exit code other than 0.
Failure judge_failed_pod(const cluster::Pod& pod);
/// Whether the worker of this Pod has failed.
bool has_failed(const cluster::Pod& pod);
/// The one failure that tells why an attempt with several failed Pods ended: what would fail again
/// first, then a lost node, then counted failures; Pods stopped because another one failed come last.
/// Precondition: not empty.
Failure root_cause(std::vector<Failure> failures);

api::FailureRecord to_record(const Failure& failure);
/// "HostOOM: the container was killed ... (hint)", for messages.
std::string describe(const Failure& failure);

}  // namespace visionops::core
