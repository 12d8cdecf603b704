// Dataset: Pending -> Processing (a Job inspects the files) -> Ready, or Error.
#include "operator/core/reconcile.h"

#include <algorithm>

#include "operator/core/attempt_book.h"
#include "operator/core/chain.h"
#include "operator/core/children.h"
#include "operator/core/dataset/file_removal.h"
#include "operator/core/dataset/inspection_result.h"
#include "operator/core/dataset/quality_gate.h"
#include "operator/core/dataset/worker_jobs.h"
#include "operator/core/dataset_resolution.h"
#include "operator/core/deadline.h"
#include "operator/core/reasons.h"
#include "operator/core/spec_hash.h"
#include "operator/core/spec_problems.h"
#include "operator/core/stores.h"
#include "operator/core/summary.h"

namespace visionops::core {

namespace {

using api::ConditionStatus;
using api::DatasetPhase;
namespace condition = api::condition;
using O = DatasetObserved;
using D = DatasetDecision;

bool is_finished(const api::DatasetStatus& s) {
  return s.attempt > 0 && (s.phase == DatasetPhase::Ready || s.phase == DatasetPhase::Error);
}

void fail(const O& o, D& d, std::string_view reason, const std::string& message) {
  const bool news = o.dataset.status.phase != DatasetPhase::Error || o.dataset.status.message != message ||
                    o.dataset.status.spec_hash != d.status.spec_hash;
  d.status.phase = DatasetPhase::Error;
  summarize(d.status, {Standing::Failed, std::string(reason), message}, o.now);
  if (news) emit(d, cluster::EventType::Warning, reason, message);
}

void progress(const O& o, D& d, DatasetPhase phase, std::string_view reason, const std::string& message) {
  d.status.phase = phase;
  summarize(d.status, {Standing::Progressing, std::string(reason), message}, o.now);
}

/// The digest outlives runs: a version that was Ready once never changes its content.
Next begin_changed_run(const O& o, D& d) {
  const std::string hash = spec_hash(o.dataset, spec_problems(o.dataset));
  auto& s = d.status;
  if (s.run > 0 && s.spec_hash == hash) return Next::Continue;
  api::DatasetStatus next;
  next.run = s.run + 1;
  next.spec_hash = hash;
  next.digest = s.digest;
  next.fingerprint = s.fingerprint;
  next.file_list = s.file_list;
  next.conditions = s.conditions;
  for (const auto type : {condition::kSourceReachable, condition::kQualityGate}) {
    set(next.conditions, type, ConditionStatus::Unknown, reason::kNotInspected, "not inspected yet", o.now);
  }
  s = std::move(next);
  d.status_first = true;
  return Next::Continue;
}

void describe_dataset(const O& o, D& d) {
  d.status.resolved = api::ResolvedDataset{o.dataset.spec.store, api::dataset_path(o.dataset.spec)};
  const auto lineage = o.dataset.meta.annotations.find(std::string(kLineageAnnotation));
  d.status.lineage = lineage == o.dataset.meta.annotations.end() ? std::nullopt : decode_lineage(lineage->second);
}

Next stay_finished(const O& o, D& d) {
  if (!is_finished(d.status)) return Next::Continue;
  stop_jobs({o.jobs, o.pods}, book_of(d.status), o.now, d.actions);
  return Next::Stop;
}

std::optional<Refusal> refusal(const O& o) {
  if (const auto problems = spec_problems(o.dataset); !problems.empty()) {
    return Refusal{std::string(reason::kInvalidSpec), describe(problems)};
  }
  if (const Format format = o.dataset.spec.format; !contract::can_read(format)) {
    return Refusal{std::string(reason::kUnsupportedFormat),
                   "spec.format: " + std::string(format.name()) +
                       " cannot be inspected; supported: " + contract::format_names(&contract::FormatInfo::reads)};
  }
  return refuse_unknown_store(o.platform, o.dataset.spec.store, "spec.store");
}

Next refuse(const O& o, D& d) {
  const auto why = refusal(o);
  if (!why) return Next::Continue;
  stop_jobs({o.jobs, o.pods}, book_of(d.status), o.now, d.actions);
  fail(o, d, why->reason, why->message);
  return Next::Stop;
}

/// Ready needs a reachable source, a passed gate, and the content that this version always had.
void judge_facts(const O& o, D& d, const contract::DatasetFacts& facts) {
  auto& s = d.status;
  take_facts(s, facts, report_path(o.dataset.meta));
  set(s.conditions, condition::kSourceReachable, ConditionStatus::True, reason::kSourceFound,
      std::to_string(facts.images) + " images in store " + o.dataset.spec.store + ", " +
          api::dataset_path(o.dataset.spec),
      o.now);
  const GateResult gate = check_quality_gate(o.dataset.spec.quality_gate, facts);
  set(s.conditions, condition::kQualityGate, gate.passed ? ConditionStatus::True : ConditionStatus::False,
      gate.passed ? reason::kQualityGatePassed : reason::kQualityGateFailed, gate.message, o.now);
  if (!gate.passed) return fail(o, d, reason::kQualityGateFailed, "the quality gate failed: " + gate.message);
  if (!s.digest.empty() && s.digest != facts.digest) {
    return fail(o, d, reason::kContentChanged,
                "the files have digest " + facts.digest + ", but " + o.dataset.spec.version + " was Ready with " +
                    s.digest +
                    "; a version is immutable: restore the files, or register the new ones as a new version");
  }
  s.digest = facts.digest;
  s.fingerprint = facts.fingerprint;
  s.file_list = facts.file_list;
  s.phase = DatasetPhase::Ready;
  const std::string text = std::to_string(facts.images) + " images, " + std::to_string(facts.annotations) +
                           " annotations, " + std::to_string(facts.classes) + " classes, " + s.size;
  summarize(s, {Standing::Done, std::string(reason::kInspected), text}, o.now);
  emit(d, cluster::EventType::Normal, reason::kInspected, text);
}

/// The reason of SourceReachable is its own word; everything else keeps its failure class.
void judge_failure(const O& o, D& d, const Failure& failure) {
  const auto outcome = record_failure(book_of(d.status), failure, kDefaultRetryLimit, o.platform.retry_backoff, o.now);
  if (failure.failure_class == failure::kInputMissing) {
    set(d.status.conditions, condition::kSourceReachable, ConditionStatus::False, reason::kPathNotFound,
        failure.evidence, o.now);
    return fail(o, d, reason::kPathNotFound,
                failure.evidence + " (put the files there, then set the annotation " + std::string(kRerunAnnotation) +
                    " for a new inspection)");
  }
  if (!outcome.retry) return fail(o, d, failure.failure_class, outcome.message);
  progress(o, d, DatasetPhase::Processing, failure.failure_class, outcome.message);
  emit(d, cluster::EventType::Warning, failure.failure_class, outcome.message);
}

const contract::DatasetFacts* facts_of(const Attempt& attempt) {
  for (const auto& result : attempt.results) {
    if (result.dataset && !result.dataset->digest.empty()) return &*result.dataset;
  }
  return nullptr;
}

void create_missing_job(const O& o, D& d) {
  if (const auto waiting = wait_for_orphans({o.jobs, o.pods}, o.now)) {
    return progress(o, d, DatasetPhase::Processing, waiting->reason, waiting->message);
  }
  clear_name(dataset_child(o.dataset, d.status), o.jobs, d.actions);
  d.actions.push_back(CreateJob{inspection_job(o.dataset, d.status, o.platform)});
}

Next follow_attempt(const O& o, D& d) {
  if (!book_of(d.status).in_flight()) return Next::Continue;
  const Attempt attempt = observe_attempt(dataset_child(o.dataset, d.status), o.jobs, o.pods, o.now);
  if (attempt.look_again_at) check_at(d, *attempt.look_again_at, o.now);
  switch (attempt.state) {
    case AttemptState::Missing:
      create_missing_job(o, d);
      return Next::Stop;
    case AttemptState::Pending:
      if (is_told(attempt, d.status.conditions)) return Next::Stop;
      progress(o, d, DatasetPhase::Processing, attempt.waiting.reason, attempt.waiting.message);
      return Next::Stop;
    case AttemptState::Running:
      progress(o, d, DatasetPhase::Processing, reason::kRunning,
               "Job " + attempt.job->meta.name + " inspects the files");
      return Next::Stop;
    case AttemptState::Failed:
      judge_failure(o, d, attempt.failure);
      break;
    case AttemptState::Succeeded:
      if (const auto* facts = facts_of(attempt)) {
        judge_facts(o, d, *facts);
      } else {
        judge_failure(o, d,
                      failure_of(failure::kResultLost, "Job " + attempt.job->meta.name + " is done, but " +
                                                           (attempt.foreign_result.empty() ? "its result cannot be read"
                                                                                           : attempt.foreign_result)));
      }
      break;
  }
  return is_finished(d.status) ? Next::Stop : Next::Continue;
}

Next start_attempt(const O& o, D& d) {
  AttemptBook book = book_of(d.status);
  if (const auto waiting = prepare_attempt({o.jobs, o.pods}, book, o.now, d.actions)) {
    const bool retry = waiting->reason == reason::kRetryScheduled;
    if (retry) check_at(d, *book.retry_at, o.now);
    if (!retry || !tells_why_it_waits(d.status.conditions)) {
      progress(o, d, DatasetPhase::Pending, waiting->reason, waiting->message);
    }
    return Next::Stop;
  }
  ++book.attempt;
  book.retry_at.reset();
  d.status_first = true;
  clear_name(dataset_child(o.dataset, d.status), o.jobs, d.actions);
  auto job = inspection_job(o.dataset, d.status, o.platform);
  progress(o, d, DatasetPhase::Processing, reason::kJobCreated, "Job " + job.meta.name + " is created");
  emit(d, cluster::EventType::Normal, reason::kJobCreated, d.status.message);
  d.actions.push_back(CreateJob{std::move(job)});
  return Next::Stop;
}

/// What history keeps: any change of it is a new row version.
bool is_recorded_change(const O& o, const api::DatasetStatus& now) {
  const auto& before = o.dataset.status;
  return before.phase != now.phase || before.spec_hash != now.spec_hash || before.digest != now.digest ||
         (now.phase == DatasetPhase::Error && before.message != now.message) ||
         before.observed_generation != o.dataset.meta.generation;
}

void restore_conditions(const O& o, D& d) {
  const bool done = d.status.phase == DatasetPhase::Ready;
  const bool failed = d.status.phase == DatasetPhase::Error;
  restore_summary(d.status, done ? Standing::Done : (failed ? Standing::Failed : Standing::Progressing),
                  done ? reason::kInspected : (failed ? std::string_view(failure::kUnknown) : reason::kStarting),
                  o.now);
}

void finish(const O& o, D& d) {
  restore_conditions(o, d);
  d.status.observed_generation = o.dataset.meta.generation;
  stamp_generation(d.status.conditions, o.dataset.meta.generation);
  if (!is_recorded_change(o, d.status)) return;
  DatasetRecord record;
  record.dataset = o.dataset;
  record.dataset.status = d.status;
  const auto transform = o.dataset.meta.annotations.find(std::string(kTransformAnnotation));
  if (transform != o.dataset.meta.annotations.end()) record.transform_config = transform->second;
  d.records.push_back(std::move(record));
}

}  // namespace

DatasetDecision reconcile(const DatasetObserved& observed) {
  DatasetDecision decision;
  decision.status = observed.dataset.status;
  if (remove_files_when_deleted(observed, decision) == Next::Stop) return decision;
  begin_changed_run(observed, decision);
  describe_dataset(observed, decision);
  run_chain<O, D>({keep_finalizer, stay_finished, refuse, follow_attempt, start_attempt}, observed, decision);
  finish(observed, decision);
  return decision;
}

}  // namespace visionops::core
