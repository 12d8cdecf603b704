// What the operator reports about a TrainingJob.
#include "base/fields/field_table.h"
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
          field("resumeDigest", &ResolvedTraining::resume_digest,
                "Digest that spec.resumeFrom names; the worker finds its file in the checkpoint store."),
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
          field("resolved", &TrainingJobStatus::resolved, "What references and defaults resolved to in this run."),
          field("alertSince", &TrainingJobStatus::alert_since, "By alert, the epoch since which its rule holds.")
              .max_properties(64),
          field("firedAlerts", &TrainingJobStatus::fired_alerts, "Alerts that fired in this run; each fires once.")
              .max_items(64),
      }
          .extends(RunStatus::fields())
          .reported();
  return table;
}

std::span<const Column<TrainingJob>> TrainingJob::columns() {
  static constexpr Column<TrainingJob> kColumns[] = {
      {"Phase", "string", ".status.phase", "Where the run stands.",
       [](const TrainingJob& t) { return std::string(enum_name(t.status.phase)); }},
      {"Epoch", "integer", ".status.epoch", "Current epoch.",
       [](const TrainingJob& t) {
         return t.status.epochs ? std::to_string(t.status.epoch) + "/" + std::to_string(t.status.epochs) : "-";
       }},
      {"Progress", "string", ".status.progress", "Work done.",
       [](const TrainingJob& t) { return or_dash(t.status.progress); }},
      {"ETA", "string", ".status.eta", "Time left.", [](const TrainingJob& t) { return or_dash(t.status.eta); }},
      {"Best", "string", ".status.bestSummary", "Best value of the watched metric.",
       [](const TrainingJob& t) { return or_dash(t.status.best_summary); }},
      {"GPU", "string", ".status.gpu", "GPU that is used.", [](const TrainingJob& t) { return or_dash(t.status.gpu); }},
      {"Model", "string", ".spec.model", "Model that is trained.", [](const TrainingJob& t) { return t.spec.model; },
       true},
      {"Train", "string", ".status.resolved.train.name", "Dataset that it learns from.", nullptr, true}};
  return kColumns;
}

}  // namespace visionops::api
