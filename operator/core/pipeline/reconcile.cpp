// Pipeline: inputs -> pinned -> version assigned -> Job -> facts -> Dataset -> Succeeded.
#include "operator/core/reconcile.h"

#include <algorithm>

#include "operator/core/attempt_book.h"
#include "operator/core/chain.h"
#include "operator/core/children.h"
#include "operator/core/dataset_resolution.h"
#include "operator/core/deadline.h"
#include "operator/core/pipeline/follow_output.h"
#include "operator/core/pipeline/output_version.h"
#include "operator/core/pipeline/phase.h"
#include "operator/core/pipeline/progress.h"
#include "operator/core/pipeline/worker_job.h"
#include "operator/core/reasons.h"
#include "operator/core/run_history.h"
#include "operator/core/semantic_version.h"
#include "operator/core/spec_hash.h"
#include "operator/core/spec_problems.h"
#include "operator/core/stores.h"
#include "operator/core/summary.h"

namespace visionops::core {

namespace {

using api::ConditionStatus;
using api::PipelinePhase;
namespace condition = api::condition;
using O = PipelineObserved;
using D = PipelineDecision;

// --- runs ---

bool is_finished(const api::PipelineStatus& s) {
  return s.attempt > 0 && (s.phase == PipelinePhase::Succeeded || s.phase == PipelinePhase::Failed);
}

/// onSourceChange: Run, and a group of the sources has a newer Ready version than the one pinned.
bool has_newer_source(const O& o) {
  const auto& s = o.pipeline.status;
  if (o.pipeline.spec.on_source_change != api::OnSourceChange::Run || s.phase != PipelinePhase::Succeeded ||
      !s.resolved)
    return false;
  const auto& sources = o.pipeline.spec.sources;
  for (std::size_t i = 0; i < sources.size() && i < s.resolved->sources.size(); ++i) {
    if (!sources[i].dataset.name.empty()) continue;
    const auto newest = resolve_dataset(sources[i].dataset, o.datasets, o.pipeline.meta.uid);
    if (newest.pinned && parse_version(newest.pinned->version) > parse_version(s.resolved->sources[i].version))
      return true;
  }
  return false;
}

/// What a started run always has; a status that somebody has edited may lack it.
bool has_what_it_started_with(const api::PipelineStatus& s) {
  return s.attempt == 0 || (s.resolved && s.resolved->output && !s.resolved->sources.empty());
}

void begin_run(const O& o, D& d, const std::string& hash) {
  auto& s = d.status;
  api::PipelineStatus next;
  next.run = s.run + 1;
  next.spec_hash = hash;
  // the name of what a run may have written keeps its version from being taken again
  next.runs =
      archive_run(s, may_have_written(s) && s.resolved && s.resolved->output ? s.resolved->output->dataset : "");
  next.conditions = s.conditions;
  set(next.conditions, condition::kInputsReady, ConditionStatus::Unknown, reason::kStarting, "not resolved yet", o.now);
  set(next.conditions, condition::kDatasetReady, ConditionStatus::Unknown, reason::kNotWritten, "not written yet",
      o.now);
  s = std::move(next);
  d.status_first = true;
  if (s.run > 1) emit(d, cluster::EventType::Normal, reason::kRunStarted, "run " + std::to_string(s.run) + " begins");
}

Next begin_changed_run(const O& o, D& d) {
  const std::string hash = spec_hash(o.pipeline, spec_problems(o.pipeline));
  const auto& s = d.status;
  if (s.run == 0 || s.spec_hash != hash || !has_what_it_started_with(s) || has_newer_source(o)) begin_run(o, d, hash);
  return Next::Continue;
}

Next stay_finished(const O& o, D& d) {
  if (!is_finished(d.status)) return Next::Continue;
  stop_jobs({o.jobs, o.pods}, book_of(d.status), o.now, d.actions);
  const auto due =
      expire_jobs({o.jobs, o.pods}, d.status.finished_at, o.pipeline.spec.ttl_seconds_after_finished, o.now, d.actions);
  if (due) check_at(d, *due, o.now);
  return Next::Stop;
}

// --- refusals ---

std::optional<Refusal> refusal(const O& o) {
  if (const auto problems = spec_problems(o.pipeline); !problems.empty()) {
    return Refusal{std::string(reason::kInvalidSpec), describe(problems)};
  }
  return refuse_unknown_store(o.platform, o.pipeline.spec.output.store, "spec.output.store");
}

Next refuse(const O& o, D& d) {
  const auto why = refusal(o);
  if (!why) return Next::Continue;
  stop_jobs({o.jobs, o.pods}, book_of(d.status), o.now, d.actions);
  fail(o, d, why->reason, why->message);
  return Next::Stop;
}

// --- the attempt in flight ---

/// The shard that published speaks for all of them.
const contract::RunResult* published_result(const Attempt& attempt) {
  for (const auto& result : attempt.results) {
    if (result.pipeline && result.pipeline->published && result.dataset && !result.dataset->digest.empty())
      return &result;
  }
  return nullptr;
}

void take_result(api::PipelineStatus& s, const contract::RunResult& result) {
  s.output_digest = result.dataset->digest;
  s.images_in = result.pipeline->images_in;
  s.images_out = result.pipeline->images_out;
  s.renamed_images = result.pipeline->renamed_images;
  s.skipped_images = result.pipeline->skipped_images;
  s.loss = result.pipeline->loss;
  complete_progress(s);
}

TakenVersions taken_versions(const O& o, const D& d) {
  return {o.datasets, o.pipelines, d.status.runs, o.pipeline.meta.uid};
}

/// The folder of an assigned version holds something else (files of a Dataset that was deleted with
/// Retain, for example): the next version is as good.
void take_next_version(const O& o, D& d, Failure& failure) {
  if (failure.failure_class != failure::kOutputConflict || !o.pipeline.spec.output.version.empty()) return;
  auto& output = *d.status.resolved->output;
  output = assign_output(o.pipeline.spec.output, taken_versions(o, d), output.version);
  failure.retry = contract::RetryDecision::Counted;
  failure.evidence += "; the next attempt writes " + output.version;
  d.status_first = true;
}

void judge_failure(const O& o, D& d, Failure failure) {
  take_next_version(o, d, failure);
  const std::int32_t limit = o.pipeline.spec.retry.value_or(api::RetryPolicy{}).limit;
  const auto outcome = record_failure(book_of(d.status), failure, limit, o.platform.retry_backoff, o.now);
  d.status.last_failure = to_record(failure);
  if (!outcome.retry) return fail(o, d, failure.failure_class, outcome.message);
  progress(o, d, PipelinePhase::Pending, failure.failure_class, outcome.message);
  emit(d, cluster::EventType::Warning, failure.failure_class, outcome.message);
}

void describe_running(const O& o, D& d, const Attempt& attempt) {
  if (o.progress) take_progress(d.status, *o.progress);
  std::string text = "Job " + attempt.job->meta.name + " writes " + d.status.resolved->output->dataset;
  if (attempt.job->spec.completions > 1) {
    text +=
        ", " + std::to_string(attempt.running) + " of " + std::to_string(attempt.job->spec.completions) + " Pods run";
  }
  if (!attempt.waiting.message.empty()) text += "; " + attempt.waiting.message;
  progress(o, d, PipelinePhase::Running, reason::kRunning, text);
}

void create_missing_job(const O& o, D& d) {
  if (const auto waiting = wait_for_orphans({o.jobs, o.pods}, o.now)) {
    return progress(o, d, PipelinePhase::Pending, waiting->reason, waiting->message);
  }
  clear_name(pipeline_child(o.pipeline, d.status), o.jobs, d.actions);
  d.actions.push_back(CreateJob{pipeline_job(o.pipeline, d.status, o.platform, o.datasets)});
}

Next follow_attempt(const O& o, D& d) {
  if (!book_of(d.status).in_flight() || !d.status.output_digest.empty()) return Next::Continue;
  const Attempt attempt = observe_attempt(pipeline_child(o.pipeline, d.status), o.jobs, o.pods, o.now);
  // suspend stops whatever is not done yet
  if (o.pipeline.spec.suspend && attempt.state != AttemptState::Succeeded) return Next::Continue;
  if (attempt.look_again_at) check_at(d, *attempt.look_again_at, o.now);
  const auto deadline = check_deadlines(o.pipeline.spec.deadlines, attempt, std::nullopt, o.now);
  if (deadline.expired) {
    judge_failure(o, d, *deadline.expired);
    return Next::Continue;
  }
  if (deadline.next) check_at(d, *deadline.next, o.now);
  switch (attempt.state) {
    case AttemptState::Missing:
      create_missing_job(o, d);
      return Next::Stop;
    case AttemptState::Pending:
      if (is_told(attempt, d.status.conditions)) return Next::Stop;
      progress(o, d, PipelinePhase::Pending, attempt.waiting.reason, attempt.waiting.message);
      return Next::Stop;
    case AttemptState::Running:
      describe_running(o, d, attempt);
      return Next::Stop;
    case AttemptState::Failed:
      judge_failure(o, d, attempt.failure);
      break;
    case AttemptState::Succeeded:
      if (const auto* result = published_result(attempt)) {
        take_result(d.status, *result);
      } else {
        judge_failure(
            o, d,
            failure_of(failure::kResultLost, "Job " + attempt.job->meta.name + " is done, but " +
                                                 (attempt.foreign_result.empty() ? "no Pod reports that it published"
                                                                                 : attempt.foreign_result)));
      }
      break;
  }
  return Next::Continue;
}

// --- suspend, inputs, output, start ---

Next suspend(const O& o, D& d) {
  if (!o.pipeline.spec.suspend) {
    if (d.status.phase == PipelinePhase::Suspended) emit(d, cluster::EventType::Normal, reason::kResumed, "resumed");
    return Next::Continue;
  }
  const bool news = o.pipeline.status.phase != PipelinePhase::Suspended;
  if (book_of(d.status).in_flight()) d.status.retry_at = o.now;  // the attempt is over, without a failure
  stop_jobs({o.jobs, o.pods}, book_of(d.status), o.now, d.actions);
  d.status.phase = PipelinePhase::Suspended;
  const std::string text = "suspended; set spec.suspend to false to go on with run " + std::to_string(d.status.run);
  summarize(d.status, {Standing::Suspended, std::string(reason::kSuspended), text}, o.now);
  if (news) emit(d, cluster::EventType::Normal, reason::kSuspended, text);
  return Next::Stop;
}

Next pin_inputs(const O& o, D& d) {
  if (d.status.resolved && !d.status.resolved->sources.empty()) return Next::Continue;
  std::vector<api::PinnedDataset> pinned;
  for (const auto& source : o.pipeline.spec.sources) {
    auto resolution = resolve_dataset(source.dataset, o.datasets, o.pipeline.meta.uid);
    if (!resolution.pinned) {
      stop_jobs({o.jobs, o.pods}, book_of(d.status), o.now, d.actions);
      set(d.status.conditions, condition::kInputsReady, ConditionStatus::False, resolution.reason, resolution.message,
          o.now);
      progress(o, d, PipelinePhase::Pending, resolution.reason, "waits for its inputs: " + resolution.message);
      return Next::Stop;
    }
    pinned.push_back(std::move(*resolution.pinned));
  }
  std::string names;
  for (const auto& p : pinned) names += (names.empty() ? "" : ", ") + p.name;
  if (!d.status.resolved) d.status.resolved.emplace();
  d.status.resolved->sources = std::move(pinned);
  set(d.status.conditions, condition::kInputsReady, ConditionStatus::True, reason::kInputsPinned, names, o.now);
  return Next::Continue;
}

/// Once per run, before the first attempt; the version stays through retries.
Next assign_version(const O& o, D& d) {
  if (d.status.attempt > 0) return Next::Continue;
  auto& output = d.status.resolved->output;
  if (!output) output = assign_output(o.pipeline.spec.output, taken_versions(o, d));
  if (!find_dataset(o.datasets, output->dataset)) return Next::Continue;
  if (o.pipeline.spec.output.version.empty()) {  // somebody took it while this run waited
    output = assign_output(o.pipeline.spec.output, taken_versions(o, d), output->version);
    return Next::Continue;
  }
  output_failed(o, d, failure::kOutputConflict,
                "Dataset " + output->dataset +
                    " exists already, and a version is immutable: leave spec.output.version out to get the next one");
  output.reset();
  return Next::Stop;
}

/// The message of the failure that led here stays; when another one took its place, it is told again.
void wait_to_start(const O& o, D& d, const Waiting& waiting) {
  const bool retry = waiting.reason == reason::kRetryScheduled;
  if (retry) check_at(d, *d.status.retry_at, o.now);
  if (retry && tells_why_it_waits(d.status.conditions)) return;
  std::string text = waiting.message;
  if (const auto& why = d.status.last_failure; why && retry)
    text += " after " + why->failure_class + ": " + why->evidence;
  progress(o, d, PipelinePhase::Pending, waiting.reason, text);
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
  reset_progress(d.status);
  d.status_first = true;
  clear_name(pipeline_child(o.pipeline, d.status), o.jobs, d.actions);
  auto job = pipeline_job(o.pipeline, d.status, o.platform, o.datasets);
  progress(o, d, PipelinePhase::Pending, reason::kJobCreated,
           "Job " + job.meta.name + " is created to write " + d.status.resolved->output->dataset);
  emit(d, cluster::EventType::Normal, reason::kJobCreated, d.status.message);
  d.actions.push_back(CreateJob{std::move(job)});
  return Next::Stop;
}

void restore_conditions(const O& o, D& d) {
  const bool done = d.status.phase == PipelinePhase::Succeeded;
  const bool failed = d.status.phase == PipelinePhase::Failed;
  restore_summary(d.status, done ? Standing::Done : (failed ? Standing::Failed : Standing::Progressing),
                  done ? reason::kSucceeded : (failed ? std::string_view(failure::kUnknown) : reason::kStarting),
                  o.now);
}

void finish(const O& o, D& d) {
  restore_conditions(o, d);
  const auto& before = o.pipeline.status;
  d.status.observed_generation = o.pipeline.meta.generation;
  stamp_generation(d.status.conditions, o.pipeline.meta.generation);
  if (before.phase == d.status.phase && before.run == d.status.run && before.attempt == d.status.attempt &&
      before.output_digest == d.status.output_digest) {
    return;
  }
  PipelineRecord record;
  record.pipeline = o.pipeline;
  record.pipeline.status = d.status;
  d.records.push_back(std::move(record));
}

}  // namespace

PipelineDecision reconcile(const PipelineObserved& observed) {
  PipelineDecision decision;
  decision.status = observed.pipeline.status;
  if (observed.pipeline.meta.deletion_timestamp) return decision;  // children go with their owner
  run_chain<O, D>({begin_changed_run, stay_finished, refuse, follow_attempt, stay_finished, follow_output, suspend,
                   pin_inputs, assign_version, start_attempt},
                  observed, decision);
  finish(observed, decision);
  return decision;
}

}  // namespace visionops::core
