#include "operator/core/run/failure_policy.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/fields/field_doc.h"
#include "worker/contract/run_result.h"

namespace visionops::core {

namespace {

using contract::FailureClass;
using contract::RetryDecision;

constexpr int kSignalBase = 128;
constexpr std::size_t kMaxEvidence = 512;

/// Exit codes of container runtimes and shells: 126/127 could not execute, 128 + signal.
struct CodeRule {
  int code;
  FailureClass failure;
};
constexpr std::array kCodeRules{
    CodeRule{126, FailureClass::ImageError},  CodeRule{127, FailureClass::ImageError},
    CodeRule{130, FailureClass::Killed},      CodeRule{134, FailureClass::Crash},
    CodeRule{135, FailureClass::ShmTooSmall}, CodeRule{136, FailureClass::Crash},
    CodeRule{132, FailureClass::Crash},       CodeRule{137, FailureClass::Killed},
    CodeRule{139, FailureClass::Crash},
};

/// What the platform says when it took the Pod away; "ProcessLost" is the embedded cluster's word.
constexpr std::array<std::string_view, 7> kLostReasons{"NodeLost",   "ProcessLost", "Shutdown",    "NodeShutdown",
                                                       "Terminated", "Preempting",  "NodeNotReady"};

bool was_taken_away(const cluster::Pod& pod, const cluster::ContainerState* worker) {
  const auto says_lost = [](const std::string& reason) {
    return std::find(kLostReasons.begin(), kLostReasons.end(), reason) != kLostReasons.end();
  };
  return pod.disrupted || says_lost(pod.reason) || (worker && worker->terminated && says_lost(worker->reason));
}

/// The kubelet refused a Pod that the scheduler had placed (OutOfcpu, UnexpectedAdmissionError, NodeAffinity,
/// TopologyAffinityError, ...): it is over before any of its containers was.
bool was_refused_by_node(const cluster::Pod& pod) {
  return pod.phase == cluster::PodPhase::Failed && !pod.reason.empty() &&
         pod.reason != enum_name(FailureClass::Evicted) && pod.reason != "DeadlineExceeded" &&
         std::ranges::none_of(pod.containers, [](const auto& c) { return c.running || c.terminated; });
}

/// The kubelet's words for a Pod that used more of its node's disk than it may. A node that runs short itself has
/// others, and marks the Pod as disrupted.
constexpr std::array<std::string_view, 3> kOverItsDisk{
    "exceeded its local ephemeral storage limit", "exceeds the total limit of containers", "Usage of EmptyDir volume"};

bool filled_its_disk(const cluster::Pod& pod) {
  return pod.reason == enum_name(FailureClass::Evicted) &&
         std::ranges::any_of(kOverItsDisk, [&](auto words) { return pod.message.find(words) != std::string::npos; });
}

/// Words of containerd, cri-o and the embedded cluster for a command that cannot be executed.
bool cannot_start(const cluster::ContainerState& worker) {
  return worker.reason == "StartError" || worker.reason == "ContainerCannotRun";
}

std::string last_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  const auto line = text.find_last_of('\n');
  return line == std::string::npos ? text : text.substr(line + 1);
}

std::string lost_evidence(const cluster::Pod& pod, const cluster::ContainerState* worker) {
  std::string text = "Pod " + pod.meta.name;
  if (!pod.node.empty()) text += " on node " + pod.node;
  if (!pod.reason.empty()) {
    text += ": " + pod.reason;
  } else if (worker && !worker->reason.empty()) {
    text += ": " + worker->reason;
  }
  if (!pod.message.empty()) text += ", " + pod.message;
  return text;
}

std::string exit_text(const cluster::ContainerState& worker) {
  if (worker.signal > 0) return "signal " + std::to_string(worker.signal);
  return "exit code " + std::to_string(worker.exit_code);
}

std::string error_text(const contract::ResultError& error) {
  std::string where = error.file;
  if (!error.field.empty()) where += (where.empty() ? "" : ": ") + error.field;
  if (where.empty() || error.message.find(error.file) != std::string::npos) return error.message;
  return where + ": " + error.message;
}

Failure by_exit_code(const cluster::ContainerState& worker) {
  const int code = worker.signal > 0 && worker.exit_code == 0 ? kSignalBase + worker.signal : worker.exit_code;
  const auto* rule =
      std::find_if(kCodeRules.begin(), kCodeRules.end(), [&](const CodeRule& r) { return r.code == code; });
  const auto other = rule == kCodeRules.end() ? FailureClass::Unknown : rule->failure;
  const auto ours = contract::failure_class_of_status(code);
  Failure out = failure_of(ours.value_or(other), "");
  out.exit_code = code;
  return out;
}

/// The class that a worker reports, when it is one that workers may report.
std::optional<Failure> by_report(const contract::ResultError& error) {
  const auto known = parse_enum<FailureClass>(error.failure_class);
  if (!known || !contract::meaning_of(*known).reported) return std::nullopt;
  Failure out = failure_of(*known, "");
  out.exit_code = 0;
  return out;
}

/// The worker ended by itself: exit code first, then its own, better informed word.
Failure judge_exit(const cluster::ContainerState& worker) {
  Failure out = by_exit_code(worker);
  const auto result = contract::decode_run_result(worker.message);
  if (!result || !result->error) {
    const std::string line = last_line(worker.message);
    out.evidence = line.empty() ? "the worker ended with " + exit_text(worker) : line;
    return out;
  }
  if (auto reported = by_report(*result->error); reported && reported->failure_class != out.failure_class) {
    reported->exit_code = out.exit_code;
    if (reported->retry == RetryDecision::Free) reported->retry = RetryDecision::Counted;
    out = *reported;
  }
  if (const auto text = error_text(*result->error); !text.empty()) out.evidence = text;
  if (!result->error->hint.empty()) out.hint = result->error->hint;
  return out;
}

int severity(const Failure& f) {
  if (f.retry == RetryDecision::Never || f.retry == RetryDecision::Later) return 0;
  if (f.failure_class == failure::kNodeLost || f.failure_class == failure::kNodeRefused) return 1;
  return f.exit_code == static_cast<int>(contract::ExitCode::Terminated) ? 3 : 2;
}

}  // namespace

Failure failure_of(FailureClass failure, std::string evidence) {
  const auto& row = contract::meaning_of(failure);
  const auto code = contract::exit_code_of(failure);
  Failure out{std::string(row.name), row.retry, std::string(row.meaning), std::string(row.hint),
              code ? static_cast<std::int32_t>(*code) : 0};
  if (!evidence.empty()) out.evidence = cut_text(evidence, kMaxEvidence);
  return out;
}

Failure failure_of(const std::string& class_name, std::string evidence) {
  return failure_of(parse_enum<FailureClass>(class_name).value_or(FailureClass::Unknown), std::move(evidence));
}

bool has_failed(const cluster::Pod& pod) {
  const auto* worker = cluster::worker_state(pod);
  if (worker && worker->terminated) return worker->exit_code != 0 || worker->signal != 0;
  return pod.phase == cluster::PodPhase::Failed;
}

Failure judge_failed_pod(const cluster::Pod& pod) {
  const auto* worker = cluster::worker_state(pod);
  Failure out;
  if (was_taken_away(pod, worker)) {
    out = failure_of(FailureClass::NodeLost, lost_evidence(pod, worker));
  } else if (filled_its_disk(pod)) {
    out = failure_of(FailureClass::StorageFailure, lost_evidence(pod, worker));
    out.hint = "keep fewer or smaller checkpoints, or ask the administrator for more (pods.ephemeralStorage.limit)";
  } else if (was_refused_by_node(pod)) {
    out = failure_of(FailureClass::NodeRefused, lost_evidence(pod, worker));
    out.node = pod.node;
  } else if (worker && worker->terminated && worker->reason == "OOMKilled") {
    out = failure_of(FailureClass::HostOOM, "container worker of Pod " + pod.meta.name + ": OOMKilled");
  } else if (worker && worker->terminated && cannot_start(*worker)) {
    out = failure_of(FailureClass::ImageError, worker->message);
  } else if (worker && worker->terminated) {
    out = judge_exit(*worker);
  } else {
    out = failure_of(pod.reason == enum_name(FailureClass::Evicted) ? FailureClass::Evicted : FailureClass::Unknown,
                     lost_evidence(pod, worker));
  }
  if (worker && worker->terminated && out.exit_code == 0) out.exit_code = worker->exit_code;
  out.evidence = cut_text(out.evidence, kMaxEvidence);
  return out;
}

Failure root_cause(std::vector<Failure> failures) {
  return *std::min_element(failures.begin(), failures.end(),
                           [](const Failure& a, const Failure& b) { return severity(a) < severity(b); });
}

api::FailureRecord to_record(const Failure& failure) {
  return {failure.failure_class, failure.evidence, failure.hint, failure.exit_code};
}

std::string describe(const Failure& failure) {
  std::string text = failure.failure_class;
  if (!failure.evidence.empty()) text += ": " + failure.evidence;
  if (!failure.hint.empty()) text += " (" + failure.hint + ")";
  return text;
}

}  // namespace visionops::core
