// What a kind of resource brings to the run machine (machine.h): values and functions, pure, one table a kind:
//
//   constexpr Kind<WidgetObserved, WidgetDecision> kWidget{
//       .name = "Widget", .refuse = refuse, .pod = pod, .running = running, .judge = judge, .record = record};
//
// The first six are needed, everything below them has an answer for kinds without such a thing. `O` is the kind's
// Observed, `D` its Decision: within a pass its status is the one decided so far, while `O` has the stored one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "operator/core/pod_template.h"
#include "operator/core/reasons.h"
#include "operator/core/run/attempt.h"
#include "operator/core/run/pass.h"
#include "operator/core/run/retry_policy.h"

namespace visionops::core {

enum class Next {
  Continue,
  Stop,  ///< the rest of the pass is decided
};

/// What a spec says of how its result is reached; not part of a run's identity.
struct Steering {
  bool suspend = false;
  std::int32_t retry_limit = kDefaultRetryLimit;
  std::optional<api::Deadlines> deadlines = {};
  std::optional<std::int64_t> ttl_seconds = {};  ///< of the Jobs of a finished run
};

template <class Spec>
Steering steering_of(const Spec& spec) {
  return {spec.suspend, spec.retry.value_or(api::RetryPolicy{}).limit, spec.deadlines, spec.ttl_seconds_after_finished};
}

template <class O, class D>
struct Kind {
  using Status = decltype(D::status);

  const char* name;
  /// Why nothing may start, beside what is wrong with the spec itself (spec_problems.h).
  std::optional<Refusal> (*refuse)(const O&);
  /// The worker of the attempt in the status: equal inputs give an equal Pod.
  WorkerPod (*pod)(const O&, const Status&);
  /// Tells what workers do. Of an attempt with its Job, as in `pending` and `judge`.
  void (*running)(const O&, D&, const Attempt&);
  /// All workers ended well: takes over what they report, or says why it does not count. A kind that neither
  /// succeeds nor fails here decides the rest of the pass itself.
  std::optional<Failure> (*judge)(const O&, D&, const Attempt&);
  /// The row of history, when this status changes it.
  std::optional<Record> (*record)(const O&, const Status&);

  /// Why a Succeeded resource is Ready.
  std::string_view done = reason::kSucceeded;
  Steering (*steering)(const O&) = [](const O&) { return Steering{}; };
  /// An attempt goes on where the former one was stopped.
  bool resumes = false;
  /// Whether something else than the spec asks for a new run.
  bool (*wants_new_run)(const O&) = [](const O&) { return false; };
  /// Takes over what outlives a run, and sets the conditions of what is not known yet.
  void (*begin)(const O&, D&, const Status& former) = [](const O&, D&, const Status&) {};
  /// What came out of a run, for the history in status.
  std::string (*result)(const Status&) = [](const Status&) { return std::string(); };
  /// In every pass, before anything is decided.
  void (*look)(const O&, D&) = [](const O&, D&) {};
  /// What is left to do once the result of the Job was taken over.
  Next (*follow_result)(const O&, D&) = [](const O&, D&) { return Next::Continue; };
  /// Pins the inputs; see wait_for_inputs().
  Next (*prepare)(const O&, D&) = [](const O&, D&) { return Next::Continue; };
  /// Takes back what the status says of a former attempt.
  void (*begin_attempt)(Status&) = [](Status&) {};
  /// What the Job is for: " to write street-v1.0.0".
  std::string (*purpose)(const O&, const Status&) = [](const O&, const Status&) { return std::string(); };
  /// Where a suspended run goes on: " from epoch 3".
  std::string (*goes_on)(const Status&) = [](const Status&) { return std::string(); };
  /// The last sign of life of the workers, besides that they run.
  std::optional<TimePoint> (*heartbeat)(const O&, const Status&) = [](const O&, const Status&) {
    return std::optional<TimePoint>();
  };
  /// Why no worker runs yet.
  void (*pending)(const O&, D&, const Attempt&) = [](const O& o, D& d, const Attempt& attempt) {
    const auto phase = attempt.job->spec.suspend ? api::Phase::Queued : api::Phase::Starting;
    progress({o, d}, phase, attempt.waiting.reason, attempt.waiting.message);
  };
  /// May change how a failure counts. With an answer the run ends in those words.
  std::optional<Refusal> (*take_failure)(const O&, D&, Failure&) = [](const O&, D&, Failure&) {
    return std::optional<Refusal>();
  };
};

}  // namespace visionops::core
