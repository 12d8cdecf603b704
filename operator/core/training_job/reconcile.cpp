// TrainingJob: inputs -> pinned -> Job -> live values -> verified model -> Succeeded.
#include "operator/core/reconcile.h"

#include <algorithm>

#include "operator/core/attempt_book.h"
#include "operator/core/chain.h"
#include "operator/core/children.h"
#include "operator/core/deadline.h"
#include "operator/core/reasons.h"
#include "operator/core/run_history.h"
#include "operator/core/spec_hash.h"
#include "operator/core/spec_problems.h"
#include "operator/core/stores.h"
#include "operator/core/summary.h"
#include "operator/core/training_job/alerts.h"
#include "operator/core/training_job/describe_attempt.h"
#include "operator/core/training_job/inputs.h"
#include "operator/core/training_job/live_values.h"
#include "operator/core/training_job/numbers.h"
#include "operator/core/training_job/phase.h"
#include "operator/core/training_job/proof.h"
#include "operator/core/training_job/queue.h"
#include "operator/core/training_job/runtime.h"
#include "operator/core/training_job/worker_job.h"

namespace visionops::core {

namespace {

using api::ConditionStatus;
using api::TrainingPhase;
namespace condition = api::condition;
using O = TrainingJobObserved;
using D = TrainingJobDecision;

// --- runs ---

bool is_finished(const api::TrainingJobStatus& s) {
  return s.attempt > 0 && (s.phase == TrainingPhase::Succeeded || s.phase == TrainingPhase::Failed);
}

/// What a started run always has; a status that somebody has edited may lack it.
bool has_what_it_started_with(const api::TrainingJobStatus& s) {
  return s.attempt == 0 || (s.resolved && s.resolved->train && !s.resolved->checkpoint_path.empty());
}

Next begin_changed_run(const O& o, D& d) {
  const std::string hash = spec_hash(o.job, spec_problems(o.job));
  auto& s = d.status;
  if (s.run > 0 && s.spec_hash == hash && has_what_it_started_with(s)) return Next::Continue;
  api::TrainingJobStatus next;
  next.run = s.run + 1;
  next.spec_hash = hash;
  next.runs = archive_run(s, s.model ? s.model->path : "");
  set(next.conditions, condition::kInputsReady, ConditionStatus::Unknown, reason::kStarting, "not resolved yet", o.now);
  s = std::move(next);
  d.status_first = true;
  if (s.run > 1) emit(d, cluster::EventType::Normal, reason::kRunStarted, "run " + std::to_string(s.run) + " begins");
  return Next::Continue;
}

Next stay_finished(const O& o, D& d) {
  if (!is_finished(d.status)) return Next::Continue;
  stop_jobs({o.jobs, o.pods}, book_of(d.status), o.now, d.actions);
  const auto due =
      expire_jobs({o.jobs, o.pods}, d.status.finished_at, o.job.spec.ttl_seconds_after_finished, o.now, d.actions);
  if (due) check_at(d, *due, o.now);
  return Next::Stop;
}

// --- refusals ---

std::optional<Refusal> refusal(const O& o) {
  Problems problems = spec_problems(o.job);
  if (problems.empty()) check_alerts(o.job.spec.alerts, problems);
  if (!problems.empty()) return Refusal{std::string(reason::kInvalidSpec), describe(problems)};
  if (auto why = refuse_runtime(o.job.spec)) return why;
  return refuse_unknown_store(o.platform, o.job.spec.checkpoints.store, "spec.checkpoints.store");
}

Next refuse(const O& o, D& d) {
  const auto why = refusal(o);
  if (!why) return Next::Continue;
  stop_jobs({o.jobs, o.pods}, book_of(d.status), o.now, d.actions);
  fail(o, d, why->reason, why->message);
  return Next::Stop;
}

// --- the attempt in flight ---

/// What is only true while an attempt is in flight.
void clear_attempt_conditions(api::TrainingJobStatus& s) {
  for (const auto type : {condition::kTelemetryHealthy, condition::kGpuAvailable, condition::kQueued}) {
    api::clear_condition(s.conditions, type);
  }
}

void judge_failure(const O& o, D& d, const Failure& failure) {
  clear_attempt_conditions(d.status);
  const std::int32_t limit = o.job.spec.retry.value_or(api::RetryPolicy{}).limit;
  const auto outcome = record_failure(book_of(d.status), failure, limit, o.platform.retry_backoff, o.now);
  d.status.failure = to_record(failure);
  d.status.eta_seconds = 0;
  d.status.eta.clear();
  if (!outcome.retry) return fail(o, d, failure.failure_class, outcome.message);
  progress(o, d, TrainingPhase::Pending, failure.failure_class, outcome.message);
  emit(d, cluster::EventType::Warning, failure.failure_class, outcome.message);
}

std::string success_text(const api::TrainingJobStatus& s, const contract::TrainFacts& facts) {
  std::string text = "model " + s.model->path;
  if (!s.best_summary.empty()) text += ", " + s.best_summary;
  if (facts.early_stopped) text += ", stopped early after epoch " + std::to_string(facts.epochs);
  if (s.attempt == 1 && facts.epochs > 0 && facts.resumed_from_epoch >= facts.epochs && !s.resolved->identity.empty()) {
    text += "; recognised by uid, spec and input digests as finished before, nothing was trained anew";
  }
  return text;
}

/// Exit code 0 and what the trainer reports prove nothing.
Next judge_success(const O& o, D& d, const Attempt& attempt) {
  const Proof proof = prove_model(attempt, o, d.status);
  if (proof.look_again_at) check_at(d, *proof.look_again_at, o.now);
  if (proof.pending) return Next::Stop;
  if (!proof.facts) {
    judge_failure(o, d, proof.failure);
    return Next::Continue;
  }
  if (const auto* telemetry = current_telemetry(o, d)) fire_alerts(o, d, *telemetry);
  take_result(d.status, *proof.facts);
  d.status.phase = TrainingPhase::Succeeded;
  d.status.finished_at = o.now;
  clear_attempt_conditions(d.status);
  const std::string text = success_text(d.status, *proof.facts);
  summarize(d.status, {Standing::Done, std::string(reason::kSucceeded), text}, o.now);
  emit(d, cluster::EventType::Normal, reason::kSucceeded, text);
  return Next::Continue;
}

void create_job(const O& o, D& d, cluster::Job job) {
  if (auto service = training_service(o.job, d.status)) d.actions.push_back(CreateService{std::move(*service)});
  d.actions.push_back(CreateJob{std::move(job)});
}

void create_missing_job(const O& o, D& d) {
  if (const auto waiting = wait_for_orphans({o.jobs, o.pods}, o.now)) {
    return progress(o, d, TrainingPhase::Starting, waiting->reason, waiting->message);
  }
  clear_name(training_child(o.job, d.status), o.jobs, d.actions);
  create_job(o, d, training_job(o.job, d.status, o.platform, o.datasets));
}

Next follow_attempt(const O& o, D& d) {
  if (!book_of(d.status).in_flight()) return Next::Continue;
  Attempt attempt = observe_attempt(training_child(o.job, d.status), o.jobs, o.pods, o.now);
  // suspend stops whatever is not done yet
  if (o.job.spec.suspend && attempt.state != AttemptState::Succeeded) return Next::Continue;
  if (attempt.state == AttemptState::Missing) {
    create_missing_job(o, d);
    return Next::Stop;
  }
  if (attempt.state == AttemptState::Pending && attempt.job->spec.suspend) {
    attempt.waiting =
        wait_in_queue(*attempt.job, o.workloads, api::find_condition(d.status.conditions, condition::kQueued));
  }
  const auto* telemetry = current_telemetry(o, d);
  const auto deadline = check_deadlines(o.job.spec.deadlines, attempt,
                                        telemetry ? std::optional(telemetry->heartbeat) : std::nullopt, o.now);
  if (deadline.expired) {
    judge_failure(o, d, *deadline.expired);
    return Next::Continue;
  }
  if (deadline.next) check_at(d, *deadline.next, o.now);
  if (attempt.look_again_at) check_at(d, *attempt.look_again_at, o.now);
  switch (attempt.state) {
    case AttemptState::Missing:
      break;
    case AttemptState::Pending:
      if (is_told(attempt, d.status.conditions)) return Next::Stop;
      describe_pending(o, d, attempt);
      return Next::Stop;
    case AttemptState::Running:
      describe_running(o, d, attempt);
      return Next::Stop;
    case AttemptState::Failed:
      judge_failure(o, d, attempt.failure);
      break;
    case AttemptState::Succeeded:
      return judge_success(o, d, attempt);
  }
  return Next::Continue;
}

// --- suspend, inputs, start ---

Next suspend(const O& o, D& d) {
  if (!o.job.spec.suspend) {
    if (d.status.phase == TrainingPhase::Suspended) emit(d, cluster::EventType::Normal, reason::kResumed, "resumed");
    return Next::Continue;
  }
  const bool news = o.job.status.phase != TrainingPhase::Suspended;
  if (book_of(d.status).in_flight()) d.status.retry_at = o.now;  // the attempt is over, without a failure
  stop_jobs({o.jobs, o.pods}, book_of(d.status), o.now, d.actions);
  d.status.phase = TrainingPhase::Suspended;
  clear_attempt_conditions(d.status);
  const std::string text = "suspended; set spec.suspend to false to go on with run " + std::to_string(d.status.run) +
                           (d.status.checkpoint ? " from epoch " + std::to_string(d.status.checkpoint->epoch) : "");
  summarize(d.status, {Standing::Suspended, std::string(reason::kSuspended), text}, o.now);
  if (news) emit(d, cluster::EventType::Normal, reason::kSuspended, text);
  return Next::Stop;
}

Next pin_inputs(const O& o, D& d) {
  if (d.status.resolved && d.status.resolved->train) return Next::Continue;
  auto inputs = resolve_inputs(o, d.status.run, d.status.spec_hash);
  if (!inputs.resolved) {
    stop_jobs({o.jobs, o.pods}, book_of(d.status), o.now, d.actions);
    tell(o, d, condition::kInputsReady, ConditionStatus::False, inputs.reason, inputs.message);
    progress(o, d, TrainingPhase::Pending, inputs.reason, "waits for its inputs: " + inputs.message);
    return Next::Stop;
  }
  d.status.resolved = std::move(inputs.resolved);
  std::string names = d.status.resolved->train->name;
  if (d.status.resolved->val) names += ", " + d.status.resolved->val->name;
  if (d.status.resolved->test) names += ", " + d.status.resolved->test->name;
  tell(o, d, condition::kInputsReady, ConditionStatus::True, reason::kInputsPinned, names);
  return Next::Continue;
}

/// The message of the failure that led here stays; when another one took its place, it is told again.
void wait_to_start(const O& o, D& d, const Waiting& waiting) {
  const bool retry = waiting.reason == reason::kRetryScheduled;
  if (retry) check_at(d, *d.status.retry_at, o.now);
  if (retry && tells_why_it_waits(d.status.conditions)) return;
  std::string text = waiting.message;
  if (const auto& why = d.status.failure; why && retry) text += " after " + why->failure_class + ": " + why->evidence;
  progress(o, d, TrainingPhase::Pending, waiting.reason, text);
}

Next start_attempt(const O& o, D& d) {
  AttemptBook book = book_of(d.status);
  if (const auto waiting = prepare_attempt({o.jobs, o.pods}, book, o.now, d.actions)) {
    wait_to_start(o, d, *waiting);
    return Next::Stop;
  }
  ++book.attempt;
  book.retry_at.reset();
  if (!d.status.started_at) d.status.started_at = o.now;
  d.status_first = true;
  clear_name(training_child(o.job, d.status), o.jobs, d.actions);
  auto job = training_job(o.job, d.status, o.platform, o.datasets);
  progress(o, d, job.spec.suspend ? TrainingPhase::Queued : TrainingPhase::Starting, reason::kJobCreated,
           "Job " + job.meta.name + " is created to train " + o.job.spec.model);
  emit(d, cluster::EventType::Normal, reason::kJobCreated, d.status.message);
  create_job(o, d, std::move(job));
  return Next::Stop;
}

void restore_conditions(const O& o, D& d) {
  const bool done = d.status.phase == TrainingPhase::Succeeded;
  const bool failed = d.status.phase == TrainingPhase::Failed;
  restore_summary(d.status, done ? Standing::Done : (failed ? Standing::Failed : Standing::Progressing),
                  done ? reason::kSucceeded : (failed ? std::string_view(failure::kUnknown) : reason::kStarting),
                  o.now);
}

void finish(const O& o, D& d) {
  restore_conditions(o, d);
  const auto& before = o.job.status;
  d.status.observed_generation = o.job.meta.generation;
  stamp_generation(d.status.conditions, o.job.meta.generation);
  if (before.phase == d.status.phase && before.run == d.status.run && before.attempt == d.status.attempt &&
      before.epoch == d.status.epoch) {
    return;
  }
  TrainingRecord record;
  record.job = o.job;
  record.job.status = d.status;
  d.records.push_back(std::move(record));
}

}  // namespace

TrainingJobDecision reconcile(const TrainingJobObserved& observed) {
  TrainingJobDecision decision;
  decision.status = observed.job.status;
  if (observed.job.meta.deletion_timestamp) return decision;  // children go with their owner
  run_chain<O, D>(
      {begin_changed_run, stay_finished, refuse, follow_attempt, stay_finished, suspend, pin_inputs, start_attempt},
      observed, decision);
  finish(observed, decision);
  return decision;
}

}  // namespace visionops::core
