// Pipeline: inputs -> pinned -> version assigned -> Job -> facts -> Dataset -> Succeeded.
#include "operator/core/reconcile.h"

#include "operator/core/dataset_resolution.h"
#include "operator/core/grants.h"
#include "operator/core/pipeline/follow_output.h"
#include "operator/core/pipeline/output_version.h"
#include "operator/core/pipeline/progress.h"
#include "operator/core/pipeline/worker_pod.h"
#include "operator/core/run/machine.h"
#include "operator/core/semantic_version.h"
#include "operator/core/stores.h"

namespace visionops::core {

namespace {

using api::ConditionStatus;
namespace condition = api::condition;
using O = PipelineObserved;
using D = PipelineDecision;
using Status = api::PipelineStatus;

// --- runs ---

/// onSourceChange: Run, and a group of the sources has a newer Ready version than the one pinned.
bool has_newer_source(const O& o) {
  const auto& s = o.pipeline.status;
  if (o.pipeline.spec.on_source_change != api::OnSourceChange::Run || s.phase != api::Phase::Succeeded || !s.resolved)
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
bool has_what_it_started_with(const Status& s) {
  return s.attempt == 0 || (s.resolved && s.resolved->output && !s.resolved->sources.empty());
}

bool wants_new_run(const O& o) { return !has_what_it_started_with(o.pipeline.status) || has_newer_source(o); }

void begin(const O& o, D& d, const Status& former) {
  d.status.conditions = former.conditions;
  tell({o, d}, condition::kInputsReady, ConditionStatus::Unknown, reason::kStarting, "not resolved yet");
  tell({o, d}, condition::kDatasetReady, ConditionStatus::Unknown, reason::kNotWritten, "not written yet");
}

/// The name of what a run may have written keeps its version from being taken again.
std::string written_by(const Status& s) {
  return may_have_written(s) && s.resolved && s.resolved->output ? s.resolved->output->dataset : "";
}

// --- the attempt in flight ---

void running(const O& o, D& d, const Attempt& attempt) {
  if (o.progress) take_progress(d.status, *o.progress);
  const auto pods = attempt.job->spec.completions;
  std::string text = "Job " + attempt.job->meta.name + " writes " + d.status.resolved->output->dataset;
  if (pods > 1) text += ", " + std::to_string(attempt.running) + " of " + std::to_string(pods) + " Pods run";
  if (!attempt.waiting.message.empty()) text += "; " + attempt.waiting.message;
  progress({o, d}, api::Phase::Running, reason::kRunning, text);
}

void take_result(Status& s, const contract::RunResult& result) {
  s.output_digest = result.dataset->digest;
  s.images_in = result.pipeline->images_in;
  s.images_out = result.pipeline->images_out;
  s.renamed_images = result.pipeline->renamed_images;
  s.skipped_images = result.pipeline->skipped_images;
  s.loss = result.pipeline->loss;
  complete_progress(s);
}

/// The shard that published speaks for all of them.
std::optional<Failure> judge(const O& o, D& d, const Attempt& attempt) {
  for (const auto& result : attempt.results) {
    if (!result.pipeline || !result.pipeline->published || !result.dataset || result.dataset->digest.empty()) continue;
    take_result(d.status, result);
    follow_output(o, d);
    return std::nullopt;
  }
  return result_lost(attempt, "no Pod reports that it published");
}

TakenVersions taken_versions(const O& o, const D& d) {
  return {o.datasets, o.pipelines, d.status.runs, o.pipeline.meta.uid};
}

/// The folder of an assigned version holds something else (files of a Dataset that was deleted with
/// Retain, for example): the next version is as good.
std::optional<Refusal> take_next_version(const O& o, D& d, Failure& failure) {
  if (failure.failure_class != failure::kOutputConflict || !o.pipeline.spec.output.version.empty()) return std::nullopt;
  auto& output = *d.status.resolved->output;
  output = assign_output(o.pipeline.spec.output, taken_versions(o, d), output.version);
  failure.retry = contract::RetryDecision::Counted;
  failure.evidence += "; the next attempt writes " + output.version;
  d.status_first = true;
  return std::nullopt;
}

// --- inputs, output ---

std::optional<Waiting> pin_sources(const O& o, D& d) {
  if (d.status.resolved && !d.status.resolved->sources.empty()) return std::nullopt;
  std::vector<api::PinnedDataset> pinned;
  std::string names;
  for (const auto& source : o.pipeline.spec.sources) {
    auto resolution = resolve_dataset(source.dataset, o.datasets, o.pipeline.meta.uid);
    if (!resolution.pinned) return Waiting{resolution.reason, resolution.message};
    names += (names.empty() ? "" : ", ") + resolution.pinned->name;
    pinned.push_back(std::move(*resolution.pinned));
  }
  if (!d.status.resolved) d.status.resolved.emplace();
  d.status.resolved->sources = std::move(pinned);
  tell({o, d}, condition::kInputsReady, ConditionStatus::True, reason::kInputsPinned, names);
  return std::nullopt;
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

Next prepare(const O& o, D& d) {
  const auto& spec = o.pipeline.spec;
  if (start_when_granted({o, d}, refuse_profile(o.platform, spec.profile)) == Next::Stop) return Next::Stop;
  const auto missing = pin_sources(o, d);
  return missing ? wait_for_inputs({o, d}, *missing) : assign_version(o, d);
}

std::optional<Record> record(const O& o, const Status& now) {
  const auto& before = o.pipeline.status;
  if (same_phase_of_run(before, now) && before.output_digest == now.output_digest) return std::nullopt;
  PipelineRecord out{o.pipeline, true};
  out.pipeline.status = now;
  return out;
}

constexpr Kind<O, D> kPipeline{
    .name = "Pipeline",
    .refuse =
        [](const O& o) { return refuse_unknown_store(o.platform, o.pipeline.spec.output.store, "spec.output.store"); },
    .pod = pipeline_pod,
    .running = running,
    .judge = judge,
    .record = record,
    .steering = [](const O& o) { return steering_of(o.pipeline.spec); },
    .wants_new_run = wants_new_run,
    .begin = begin,
    .result = written_by,
    .follow_result = follow_output,
    .prepare = prepare,
    .begin_attempt = reset_progress,
    .purpose =
        [](const O& o, const Status& s) {
          return " to write " + s.resolved->output->dataset + without_effect(o.platform, o.pipeline.spec.profile);
        },
    .take_failure = take_next_version,
};

}  // namespace

PipelineDecision reconcile(const PipelineObserved& o) { return run_pass(kPipeline, o); }

}  // namespace visionops::core
