// What the operator reports about a Pipeline, and the records that TrainingJobs share with it.
#include "base/field_table.h"
#include "operator/api/pipeline.h"

namespace visionops::api {

const Table<RunRecord>& RunRecord::fields() {
  static const auto table =
      Table<RunRecord>{
          field("run", &RunRecord::run, "Number of the run.").required(),
          field("specHash", &RunRecord::spec_hash, "Hash of the spec that it ran with."),
          field("phase", &RunRecord::phase, "How it ended: Succeeded or Failed; or where it stands."),
          field("result", &RunRecord::result, "Dataset or model that came out."),
          field("message", &RunRecord::message, "Why it ended so, for a person."),
          field("startedAt", &RunRecord::started_at, "When it began."),
          field("finishedAt", &RunRecord::finished_at, "When it ended."),
      }
          .reported();
  return table;
}

const Table<ResolvedOutput>& ResolvedOutput::fields() {
  static const auto table =
      Table<ResolvedOutput>{
          field("dataset", &ResolvedOutput::dataset, "Name of the Dataset that comes out."),
          field("group", &ResolvedOutput::group, "Its group."),
          field("split", &ResolvedOutput::split, "Its split.").always(),
          field("version", &ResolvedOutput::version, "Its version, assigned before anything is written."),
          field("store", &ResolvedOutput::store, "Its store."),
          field("path", &ResolvedOutput::path, "Its folder inside the store."),
      }
          .reported();
  return table;
}

const Table<ResolvedPipeline>& ResolvedPipeline::fields() {
  static const auto table =
      Table<ResolvedPipeline>{
          field("sources", &ResolvedPipeline::sources, "The Datasets that were pinned, in the order of spec.sources.")
              .max_items(64),
          field("output", &ResolvedPipeline::output, "Where the result goes."),
      }
          .reported();
  return table;
}

const Table<FailureRecord>& FailureRecord::fields() {
  static const auto table =
      Table<FailureRecord>{
          field("class", &FailureRecord::failure_class, "Class of the failure, see the table of exit codes.")
              .required(),
          field("evidence", &FailureRecord::evidence, "The line or field that proves it."),
          field("hint", &FailureRecord::hint, "The way out."),
          field("exitCode", &FailureRecord::exit_code, "Exit code of the worker."),
      }
          .reported();
  return table;
}

const Table<PipelineStatus>& PipelineStatus::fields() {
  static const auto table =
      Table<PipelineStatus>{
          field("observedGeneration", &PipelineStatus::observed_generation,
                "metadata.generation of the spec that this status tells of."),
          field("specHash", &PipelineStatus::spec_hash, "Hash of the spec of this run; a finished run stays finished."),
          field("phase", &PipelineStatus::phase,
                "Pending: waiting for inputs or Pods. Running. Succeeded: the Dataset exists. Failed: see message and "
                "lastFailure. Suspended: by spec.suspend.")
              .always(),
          field("stage", &PipelineStatus::stage, "What the workers are doing."),
          field("conditions", &PipelineStatus::conditions,
                "Ready, Reconciling, Stalled, Suspended, Complete, Failed, InputsReady and DatasetReady, each with "
                "reason and message.")
              .max_items(16)
              .map_by("type"),
          field("message", &PipelineStatus::message, "Where things stand, for a person."),
          field("progressPercent", &PipelineStatus::progress_percent, "Work done in this stage.").unit("percent"),
          field("progress", &PipelineStatus::progress, "Work done in this stage, for people."),
          field("imagesIn", &PipelineStatus::images_in, "Images of all sources."),
          field("imagesOut", &PipelineStatus::images_out, "Images of the result."),
          field("run", &PipelineStatus::run, "Number of the current run; a changed spec is a new run."),
          field("attempt", &PipelineStatus::attempt, "Jobs started in this run."),
          field("countedFailures", &PipelineStatus::counted_failures, "Failures that count against spec.retry.limit."),
          field("lastFailure", &PipelineStatus::last_failure, "Why the last failed attempt ended."),
          field("resolved", &PipelineStatus::resolved, "What references and defaults resolved to in this run."),
          field("outputDigest", &PipelineStatus::output_digest, "Digest of the Dataset that came out."),
          field("loss", &PipelineStatus::loss, "What was lost with permission, as number of annotations by kind."),
          field("renamedImages", &PipelineStatus::renamed_images,
                "Images that have another name than in their source, because two sources used the same name."),
          field("skippedImages", &PipelineStatus::skipped_images,
                "Damaged or missing images that were left out; manifest.json lists them."),
          field("startedAt", &PipelineStatus::started_at, "When the run began."),
          field("finishedAt", &PipelineStatus::finished_at, "When the run ended."),
          field("retryAt", &PipelineStatus::retry_at, "When the next attempt may start."),
          field("duration", &PipelineStatus::duration, "How long the run took, for people."),
          field("runs", &PipelineStatus::runs, "The newest 10 runs.").max_items(10),
      }
          .reported();
  return table;
}

}  // namespace visionops::api
