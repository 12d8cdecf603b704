// Failure policy: why an attempt ended, and whether the same attempt may be tried again.
//
// Sources of the rules: the worker's exit codes and failure classes (worker/contract), 128 + signal as shells
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
#include "worker/contract/failure_class.h"

namespace visionops::core {

struct Failure {
  std::string failure_class;
  contract::RetryDecision retry = contract::RetryDecision::Counted;
  std::string evidence;
  std::string hint;
  std::int32_t exit_code = 0;
  std::string node = {};  ///< that refused the Pod; empty for other classes
};

/// Their words, where a status is compared or written.
namespace failure {
template <contract::FailureClass kClass>
inline constexpr const char* kWord = enum_name(kClass).data();  // a literal of the table

inline constexpr const char* kNodeLost = kWord<contract::FailureClass::NodeLost>;
inline constexpr const char* kContentChanged = kWord<contract::FailureClass::ContentChanged>;
inline constexpr const char* kNodeRefused = kWord<contract::FailureClass::NodeRefused>;
inline constexpr const char* kHostOom = kWord<contract::FailureClass::HostOOM>;
inline constexpr const char* kUnknown = kWord<contract::FailureClass::Unknown>;
inline constexpr const char* kHung = kWord<contract::FailureClass::Hung>;
inline constexpr const char* kResultLost = kWord<contract::FailureClass::ResultLost>;
inline constexpr const char* kCheckpointNotVerified = kWord<contract::FailureClass::CheckpointNotVerified>;
inline constexpr const char* kOutputConflict = kWord<contract::FailureClass::OutputConflict>;
inline constexpr const char* kInputMissing = kWord<contract::FailureClass::InputMissing>;
inline constexpr const char* kDeadlineExceeded = kWord<contract::FailureClass::DeadlineExceeded>;
inline constexpr const char* kPendingDeadlineExceeded = kWord<contract::FailureClass::PendingDeadlineExceeded>;
}  // namespace failure

Failure failure_of(contract::FailureClass failure, std::string evidence);
/// An unknown word becomes "Unknown".
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
