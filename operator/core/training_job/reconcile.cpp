// TrainingJob: inputs -> pinned -> Job -> live values -> verified model -> Succeeded.
#include "operator/core/reconcile.h"

#include "operator/core/grants.h"
#include "operator/core/run/machine.h"
#include "operator/core/stores.h"
#include "operator/core/training_job/describe_attempt.h"
#include "operator/core/training_job/inputs.h"
#include "operator/core/training_job/live_values.h"
#include "operator/core/training_job/proof.h"
#include "operator/core/training_job/runtime.h"
#include "operator/core/training_job/worker_pod.h"

namespace visionops::core {

namespace {

using api::ConditionStatus;
namespace condition = api::condition;
using O = TrainingJobObserved;
using D = TrainingJobDecision;
using Status = api::TrainingJobStatus;

// --- runs ---

/// What a started run always has; a status that somebody has edited may lack it.
bool lacks_what_it_started_with(const O& o) {
  const auto& s = o.job.status;
  return s.attempt > 0 && (!s.resolved || !s.resolved->train || s.resolved->checkpoint_path.empty());
}

void begin(const O& o, D& d, const Status& /*former*/) {
  tell({o, d}, condition::kInputsReady, ConditionStatus::Unknown, reason::kStarting, "not resolved yet");
}

std::optional<Refusal> refuse(const O& o) {
  if (auto why = refuse_runtime(o.job.spec, o.platform)) return why;
  if (const auto& weights = o.job.spec.weights) {
    if (auto why = refuse_unknown_store(o.platform, weights->store, "spec.weights.store")) return why;
  }
  return refuse_unknown_store(o.platform, o.job.spec.checkpoints.store, "spec.checkpoints.store");
}

// --- the attempt in flight ---

/// Of an attempt that is over: what it told in its last second was seen by no pass while it ran.
void take_last_words(const O& o, D& d) {
  const auto* telemetry = current_telemetry(o, d.status);
  if (!telemetry) return;
  take_telemetry(d.status, *telemetry, best_rule(o.job.spec));
  fire_alerts(o, d, *telemetry);
  d.status.eta_seconds = 0;
  d.status.eta.clear();
}

/// Its sidecar goes on telling for a moment after a trainer has failed.
void look(const O& o, D& d) {
  const auto& s = d.status;
  if (s.failure && (s.phase == api::Phase::Failed || s.retry_at)) take_last_words(o, d);
}

std::optional<Refusal> take_failure(const O& o, D& d, Failure& /*failure*/) {
  take_last_words(o, d);
  d.status.eta_seconds = 0;
  d.status.eta.clear();
  return std::nullopt;
}

std::string success_text(const Status& s, const contract::TrainFacts& facts) {
  std::string text = "model " + s.model->path;
  if (!s.best_summary.empty()) text += ", " + s.best_summary;
  if (facts.early_stopped) text += ", stopped early after epoch " + std::to_string(facts.epochs);
  if (s.attempt == 1 && facts.epochs > 0 && facts.resumed_from_epoch >= facts.epochs && !s.resolved->identity.empty()) {
    text += "; recognised by uid, spec and input digests as finished before, nothing was trained anew";
  }
  return text;
}

/// Exit code 0 and what the trainer reports prove nothing.
std::optional<Failure> judge(const O& o, D& d, const Attempt& attempt) {
  const Proof proof = prove_model(attempt, o, d.status);
  if (proof.look_again_at) check_at(d, *proof.look_again_at, o.now);
  if (proof.pending) return std::nullopt;
  if (!proof.facts) return proof.failure;
  if (const auto* telemetry = current_telemetry(o, d.status)) fire_alerts(o, d, *telemetry);
  take_result(d.status, *proof.facts);
  succeed({o, d}, reason::kSucceeded, success_text(d.status, *proof.facts));
  return std::nullopt;
}

std::optional<TimePoint> heartbeat(const O& o, const Status& s) {
  const auto* telemetry = current_telemetry(o, s);
  return telemetry ? std::optional(telemetry->heartbeat) : std::nullopt;
}

std::string goes_on(const Status& s) {
  return s.checkpoint ? " from epoch " + std::to_string(s.checkpoint->epoch) : "";
}

// --- inputs ---

std::optional<Refusal> ungranted(const O& o) {
  const auto& spec = o.job.spec;
  if (auto why = refuse_profile(o.platform, spec.profile)) return why;
  if (auto why = refuse_secrets(o.platform, spec.secrets)) return why;
  if (auto why = refuse_mounts(o.platform, spec.mounts)) return why;
  return spec.resources ? refuse_gpu_product(o.platform, spec.profile, spec.resources->gpu_product) : std::nullopt;
}

Next pin_inputs(const O& o, D& d) {
  if (d.status.resolved && d.status.resolved->train) return Next::Continue;
  api::ResolvedTraining resolved;
  const auto missing = resolve_inputs(o, d.status.run, d.status.spec_hash, resolved);
  if (missing) return wait_for_inputs({o, d}, *missing);
  std::string names = resolved.train->name;
  if (resolved.val) names += ", " + resolved.val->name;
  if (resolved.test) names += ", " + resolved.test->name;
  d.status.resolved = std::move(resolved);
  tell({o, d}, condition::kInputsReady, ConditionStatus::True, reason::kInputsPinned, names);
  return Next::Continue;
}

Next prepare(const O& o, D& d) {
  const Next granted = start_when_granted({o, d}, ungranted(o));
  return granted == Next::Stop ? Next::Stop : pin_inputs(o, d);
}

std::optional<Record> record(const O& o, const Status& now) {
  const auto& before = o.job.status;
  if (same_phase_of_run(before, now) && before.epoch == now.epoch) return std::nullopt;
  TrainingRecord out{o.job, true};
  out.job.status = now;
  return out;
}

constexpr Kind<O, D> kTrainingJob{
    .name = "TrainingJob",
    .refuse = refuse,
    .pod = training_pod,
    .running = describe_running,
    .judge = judge,
    .record = record,
    .steering = [](const O& o) { return steering_of(o.job.spec); },
    .resumes = true,
    .wants_new_run = lacks_what_it_started_with,
    .begin = begin,
    .result = [](const Status& s) { return s.model ? s.model->path : std::string(); },
    .look = look,
    .prepare = prepare,
    .purpose =
        [](const O& o, const Status&) {
          const auto& spec = o.job.spec;
          return " to train " + spec.model + without_effect(o.platform, spec.profile, spec.secrets);
        },
    .goes_on = goes_on,
    .heartbeat = heartbeat,
    .pending = describe_pending,
    .take_failure = take_failure,
};

}  // namespace

TrainingJobDecision reconcile(const TrainingJobObserved& o) { return run_pass(kTrainingJob, o); }

}  // namespace visionops::core
