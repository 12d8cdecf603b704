#include "operator/core/run/failure_policy.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/field_doc.h"
#include "worker/contract/run_result.h"

namespace visionops::core {

namespace {

using contract::ExitCodeInfo;
using contract::RetryDecision;

constexpr int kSignalBase = 128;
constexpr std::size_t kMaxEvidence = 512;

const FailureClass* find_class(const std::string& name) {
  const auto& all = failure_classes();
  const auto it = std::find_if(all.begin(), all.end(), [&](const FailureClass& c) { return c.name == name; });
  return it == all.end() ? nullptr : &*it;
}

const ExitCodeInfo* find_exit_class(const std::string& name) {
  const auto& all = contract::exit_code_table();
  const auto it = std::find_if(all.begin(), all.end(), [&](const ExitCodeInfo& i) {
    return i.failure_class == name && i.code != contract::ExitCode::Done;
  });
  return it == all.end() ? nullptr : &*it;
}

/// Exit codes of container runtimes and shells: 126/127 could not execute, 128 + signal.
struct CodeRule {
  int code;
  const char* failure_class;
};
constexpr std::array kCodeRules{
    CodeRule{126, "ImageError"}, CodeRule{127, "ImageError"},  CodeRule{130, "Killed"},
    CodeRule{134, "Crash"},      CodeRule{135, "ShmTooSmall"}, CodeRule{136, "Crash"},
    CodeRule{132, "Crash"},      CodeRule{137, "Killed"},      CodeRule{139, "Crash"},
};

/// What the platform says when it took the Pod away; "ProcessLost" is the embedded cluster's word.
constexpr std::array<std::string_view, 9> kLostReasons{"NodeLost",     "ProcessLost",  "Shutdown",
                                                       "NodeShutdown", "Terminated",   "Preempting",
                                                       "NodeAffinity", "NodeNotReady", "UnexpectedAdmissionError"};

bool was_taken_away(const cluster::Pod& pod, const cluster::ContainerState* worker) {
  const auto says_lost = [](const std::string& reason) {
    return std::find(kLostReasons.begin(), kLostReasons.end(), reason) != kLostReasons.end();
  };
  return pod.disrupted || says_lost(pod.reason) || (worker && worker->terminated && says_lost(worker->reason));
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
  Failure out;
  if (const auto* ours = contract::find_exit_code(code); ours && ours->code != contract::ExitCode::Done) {
    out = {ours->failure_class, ours->retry, ours->meaning, ours->hint, code};
  } else {
    const auto* rule =
        std::find_if(kCodeRules.begin(), kCodeRules.end(), [&](const CodeRule& r) { return r.code == code; });
    out = failure_of(rule == kCodeRules.end() ? failure::kUnknown : rule->failure_class, "");
    out.exit_code = code;
  }
  return out;
}

/// The class that a worker reports, when it is one that workers may report.
std::optional<Failure> by_report(const contract::ResultError& error) {
  if (const auto* ours = find_exit_class(error.failure_class)) {
    return Failure{ours->failure_class, ours->retry, ours->meaning, ours->hint, 0};
  }
  const auto* known = find_class(error.failure_class);
  if (!known || !known->reported) return std::nullopt;
  return Failure{known->name, known->retry, known->meaning, known->hint, 0};
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
  if (f.retry == RetryDecision::Never) return 0;
  if (f.failure_class == failure::kNodeLost) return 1;
  return f.exit_code == static_cast<int>(contract::ExitCode::Terminated) ? 3 : 2;
}

}  // namespace

const std::vector<FailureClass>& failure_classes() {
  static const std::vector<FailureClass> table{
      {failure::kNodeLost, RetryDecision::Free, false, "the platform took the Pod away", ""},
      {failure::kHostOom, RetryDecision::Never, true,
       "the container was killed because it used more memory than its limit",
       "raise the memory of spec.resources, or lower the batch size or the parallelism"},
      {"Killed", RetryDecision::Counted, false, "the worker was killed from outside", ""},
      {"Crash", RetryDecision::Counted, true, "the worker crashed", "look at the last lines of its log"},
      {"ShmTooSmall", RetryDecision::Never, true, "/dev/shm is full (SIGBUS)", "raise spec.resources.sharedMemory"},
      {"ImageError", RetryDecision::Never, false, "the container image cannot run the command",
       "check the image and the command"},
      {"Evicted", RetryDecision::Counted, false, "the Pod used more than the node allows",
       "raise its requests and limits"},
      {failure::kHung, RetryDecision::Counted, true, "no sign of life for longer than deadlines.silenceSeconds",
       "look at the log of the worker; raise deadlines.silenceSeconds when an epoch takes that long"},
      {failure::kResultLost, RetryDecision::Counted, false, "the worker ended without a result that can be read", ""},
      {failure::kCheckpointNotVerified, RetryDecision::Counted, false,
       "the trainer ended without a model that its sidecar has read back from the store",
       "look at the log of the sidecar; a model is proven by the sidecar alone, whatever the trainer reports"},
      {failure::kDeadlineExceeded, RetryDecision::Never, false, "the attempt ran longer than deadlines.activeSeconds",
       "raise deadlines.activeSeconds"},
      {failure::kPendingDeadlineExceeded, RetryDecision::Never, false, "no Pod ran within deadlines.pendingSeconds",
       "free or add nodes, or lower the requests"},
      {"CudaOOM", RetryDecision::Never, true, "the GPU is out of memory", "lower the batch size or the image size"},
      {"CudaError", RetryDecision::Counted, true, "a CUDA call failed", ""},
      {"NcclTimeout", RetryDecision::Counted, true, "the GPUs lost contact with each other", ""},
      {"Xid", RetryDecision::Counted, true, "the GPU driver reported a fault",
       "look for Xid lines in the node's kernel log"},
      {"NaN", RetryDecision::Never, true, "the loss is not a number", "lower the learning rate"},
      {"DataError", RetryDecision::Never, true, "the data cannot be used", ""},
      {"UserError", RetryDecision::Never, true, "the run was asked for something that cannot be done", ""},
      {failure::kUnknown, RetryDecision::Counted, false, "the worker failed without saying why",
       "look at the last lines of its log"},
  };
  return table;
}

Failure failure_of(const std::string& class_name, std::string evidence) {
  Failure out;
  if (const auto* ours = find_exit_class(class_name)) {
    out = {ours->failure_class, ours->retry, ours->meaning, ours->hint, static_cast<std::int32_t>(ours->code)};
  } else {
    const auto* known = find_class(class_name);
    if (!known) known = find_class(failure::kUnknown);
    out = {known->name, known->retry, known->meaning, known->hint, 0};
  }
  if (!evidence.empty()) out.evidence = cut_text(evidence, kMaxEvidence);
  return out;
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
    out = failure_of(failure::kNodeLost, lost_evidence(pod, worker));
  } else if (worker && worker->terminated && worker->reason == "OOMKilled") {
    out = failure_of(failure::kHostOom, "container worker of Pod " + pod.meta.name + ": OOMKilled");
  } else if (worker && worker->terminated && cannot_start(*worker)) {
    out = failure_of("ImageError", worker->message);
  } else if (worker && worker->terminated) {
    out = judge_exit(*worker);
  } else {
    out = failure_of(pod.reason == "Evicted" ? "Evicted" : failure::kUnknown, lost_evidence(pod, worker));
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
