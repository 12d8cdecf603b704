// What the operator reports about a TrainingJob.
#include "base/field_table.h"
#include "operator/api/training_job.h"

namespace visionops::api {

const Table<BestMetric>& BestMetric::fields() {
  static const auto table =
      Table<BestMetric>{
          field("metric", &BestMetric::metric, "Metric that chose the best model.").required(),
          field("value", &BestMetric::value, "Its value.").required(),
          field("epoch", &BestMetric::epoch, "Epoch in which it was reached."),
      }
          .reported();
  return table;
}

const Table<CheckpointRecord>& CheckpointRecord::fields() {
  static const auto table =
      Table<CheckpointRecord>{
          field("path", &CheckpointRecord::path, "File inside the store of spec.checkpoints.").required(),
          field("sha256", &CheckpointRecord::sha256, "Digest of the file as it was read back from the store.")
              .required(),
          field("bytes", &CheckpointRecord::bytes, "Size of the file.").unit("bytes"),
          field("epoch", &CheckpointRecord::epoch, "Epoch after which it was written."),
          field("final", &CheckpointRecord::final, "Whether it is the last one of the run."),
      }
          .reported();
  return table;
}

const Table<ResolvedTraining>& ResolvedTraining::fields() {
  static const auto table =
      Table<ResolvedTraining>{
          field("train", &ResolvedTraining::train, "Training set that was pinned."),
          field("val", &ResolvedTraining::val, "Validation set that was pinned."),
          field("test", &ResolvedTraining::test, "Test set that was pinned."),
          field("checkpointPath", &ResolvedTraining::checkpoint_path,
                "Folder of this run inside the checkpoint store."),
          field("resumePath", &ResolvedTraining::resume_path, "Folder or file that spec.resumeFrom resolved to."),
          field(
              "identity", &ResolvedTraining::identity,
              "Digest of the uid, the run, the spec and the pinned inputs. Checkpoints and results carry it, and what "
              "carries another one is not taken for this run's."),
          field("hyperparameters", &ResolvedTraining::hyperparameters,
                "What this run is trained with, values that the spec leaves out included. Without imageSize "
                "until the trainer has told which size it took from the data."),
      }
          .reported();
  return table;
}

const Table<TrainingJobStatus>& TrainingJobStatus::fields() {
  static const auto table =
      Table<TrainingJobStatus>{
          field("observedGeneration", &TrainingJobStatus::observed_generation,
                "metadata.generation of the spec that this status tells of."),
          field("specHash", &TrainingJobStatus::spec_hash,
                "Hash of the spec of this run; a finished run stays finished."),
          field(
              "phase", &TrainingJobStatus::phase,
              "Pending: waiting for Datasets. Queued: waiting for quota. Starting: Pods are being placed and started. "
              "Running. Succeeded: the model is evaluated and verified in the store. Failed: see failure. Suspended.")
              .always(),
          field("conditions", &TrainingJobStatus::conditions,
                "Ready, Reconciling, Stalled, Suspended, Complete, Failed, InputsReady, GPUAvailable, Queued and "
                "TelemetryHealthy, each with reason and message.")
              .max_items(16)
              .map_by("type"),
          field("message", &TrainingJobStatus::message, "Where things stand, for a person."),
          field("epoch", &TrainingJobStatus::epoch, "Current epoch, from 1."),
          field("epochs", &TrainingJobStatus::epochs, "Epochs planned."),
          field("progressPercent", &TrainingJobStatus::progress_percent, "Work done.").unit("percent"),
          field("progress", &TrainingJobStatus::progress, "Work done, for people."),
          field("etaSeconds", &TrainingJobStatus::eta_seconds, "Time left at the present speed.").unit("seconds"),
          field("eta", &TrainingJobStatus::eta, "Time left, for people."),
          field("metrics", &TrainingJobStatus::metrics, "Latest value of each metric.").max_properties(32),
          field("best", &TrainingJobStatus::best, "Best value of the watched metric so far."),
          field("bestSummary", &TrainingJobStatus::best_summary, "The same for people."),
          field("gpu", &TrainingJobStatus::gpu, "GPU that is used."),
          field("checkpoint", &TrainingJobStatus::checkpoint, "Newest checkpoint that was verified in the store."),
          field("model", &TrainingJobStatus::model, "Best checkpoint; set when the run succeeded."),
          field("telemetryAt", &TrainingJobStatus::telemetry_at, "Last telemetry that changed this status."),
          field("run", &TrainingJobStatus::run, "Number of the current run; a changed spec is a new run."),
          field("attempt", &TrainingJobStatus::attempt, "Jobs started in this run."),
          field("countedFailures", &TrainingJobStatus::counted_failures,
                "Failures that count against spec.retry.limit."),
          field("failure", &TrainingJobStatus::failure, "Why the last failed attempt ended."),
          field("resolved", &TrainingJobStatus::resolved, "What references and defaults resolved to in this run."),
          field("startedAt", &TrainingJobStatus::started_at, "When the run began."),
          field("finishedAt", &TrainingJobStatus::finished_at, "When the run ended."),
          field("retryAt", &TrainingJobStatus::retry_at, "When the next attempt may start."),
          field("runs", &TrainingJobStatus::runs, "The newest 10 runs.").max_items(10),
          field("alertSince", &TrainingJobStatus::alert_since, "By alert, the epoch since which its rule holds.")
              .max_properties(64),
          field("firedAlerts", &TrainingJobStatus::fired_alerts, "Alerts that fired in this run; each fires once.")
              .max_items(64),
      }
          .reported();
  return table;
}

}  // namespace visionops::api
