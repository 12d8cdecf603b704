// TrainingJob: Datasets + a model + hyperparameters -> an evaluated model with verified checkpoints.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "base/vocabulary.h"
#include "operator/api/column.h"
#include "operator/api/object_meta.h"
#include "operator/api/pipeline.h"

namespace visionops::api {

struct TrainingDatasets {
  DatasetReference train;
  std::optional<DatasetReference> val;
  std::optional<DatasetReference> test;

  static const Table<TrainingDatasets>& fields();
};

/// PyTorch's names. Absent values take the runtime's default, shown in status.resolved.
struct Hyperparameters {
  std::optional<std::int32_t> epochs;
  std::optional<std::int32_t> batch_size;
  std::optional<double> learning_rate;
  std::optional<double> weight_decay;
  std::optional<double> warmup_epochs;
  std::optional<std::int32_t> image_size;  ///< pixels, the longer side
  std::optional<std::int64_t> seed;
  FreeMap extra;  ///< free map for the runtime

  static const Table<Hyperparameters>& fields();
};

struct TrainingResources {
  std::int32_t nodes = 1;
  std::int32_t gpus = 0;  ///< per node; 0 trains on the CPU
  std::string gpu_product;
  std::string cpu;
  std::string memory;
  std::string shared_memory;

  static const Table<TrainingResources>& fields();
};

struct CheckpointPolicy {
  std::string store;
  std::int32_t every = 1;  ///< epochs
  std::int32_t keep = 3;

  static const Table<CheckpointPolicy>& fields();
};

struct ResumeFrom {
  std::string training_job;
  std::int64_t run = 0;  ///< of training_job; 0: its newest that has a checkpoint
  std::string digest;
  std::string path;

  static const Table<ResumeFrom>& fields();
};

struct EarlyStopping {
  std::string metric;
  MetricMode mode = MetricMode::Max;
  std::int32_t patience = 5;  ///< epochs without improvement
  double min_delta = 0;

  static const Table<EarlyStopping>& fields();
};

/// A model file in a store that training starts from.
struct Weights {
  std::string store;
  std::string path;
  std::string sha256;

  static const Table<Weights>& fields();
};

struct Alert {
  std::string name;
  std::string when;  ///< "loss > 10 for 3 epochs"

  static const Table<Alert>& fields();
};

struct EnvironmentVariable {
  std::string name;
  std::string value;

  static const Table<EnvironmentVariable>& fields();
};

struct TrainingJobSpec {
  std::string runtime = "builtin";  ///< the name of a file of operator/runtimes
  Task task = Task::Detection;
  std::string model;
  std::string image;                 ///< of the runtime custom
  std::vector<std::string> command;  ///< instead of the runtime's
  std::optional<Weights> weights;
  std::vector<LossKind> allow_loss;  ///< of what a framework reads, when the Datasets are laid out for it
  std::vector<EnvironmentVariable> env;
  TrainingDatasets datasets;
  std::optional<Hyperparameters> hyperparameters;
  std::optional<TrainingResources> resources;
  CheckpointPolicy checkpoints;
  std::optional<ResumeFrom> resume_from;
  std::optional<EarlyStopping> early_stopping;
  std::optional<RetryPolicy> retry;
  std::optional<Deadlines> deadlines;
  std::vector<Alert> alerts;
  std::string queue;
  std::string queue_priority;
  std::string profile;               ///< of the administrator; empty: what all Pods have
  std::vector<std::string> secrets;  ///< of the namespace, as environment
  std::vector<std::string> mounts;   ///< stores, read-only
  std::optional<std::int64_t> ttl_seconds_after_finished;
  bool suspend = false;

  static const Table<TrainingJobSpec>& fields();
};

struct BestMetric {
  std::string metric;
  double value = 0;
  std::int32_t epoch = 0;

  static const Table<BestMetric>& fields();
};

/// A checkpoint that the sidecar stored and read back.
struct CheckpointRecord {
  std::string path;  ///< inside the store
  std::string sha256;
  std::int64_t bytes = 0;
  std::int32_t epoch = 0;
  bool final = false;
  bool operator==(const CheckpointRecord&) const = default;

  static const Table<CheckpointRecord>& fields();
};

struct ResolvedTraining {
  std::optional<PinnedDataset> train;
  std::optional<PinnedDataset> val;
  std::optional<PinnedDataset> test;
  std::string checkpoint_path;     ///< folder of this run inside the checkpoint store
  std::string resume_path;         ///< folder or file of resumeFrom
  std::string resume_digest = {};  ///< of resumeFrom; the worker finds its file
  std::string identity = {};       ///< whose the results of this run are: a digest of uid, run, spec and inputs
  std::optional<Hyperparameters> hyperparameters = {};  ///< as the run uses them, defaults included

  static const Table<ResolvedTraining>& fields();
};

struct TrainingJobStatus : RunStatus {
  std::int32_t epoch = 0;
  std::int32_t epochs = 0;
  std::int32_t progress_percent = 0;
  std::string progress;
  std::int64_t eta_seconds = 0;
  std::string eta;
  std::map<std::string, double> metrics;  ///< latest values, at most 32 names
  std::optional<BestMetric> best;
  std::string best_summary;  ///< "map50 0.953 @ 17"
  std::string gpu;
  std::optional<CheckpointRecord> checkpoint;  ///< newest verified
  std::optional<CheckpointRecord> model;       ///< best verified; set when Succeeded
  std::optional<TimePoint> telemetry_at;       ///< last telemetry that changed this status
  std::optional<ResolvedTraining> resolved;
  std::map<std::string, std::int32_t> alert_since;  ///< by alert: the epoch since which its rule holds
  std::vector<std::string> fired_alerts;            ///< of this run; an alert fires once

  static const Table<TrainingJobStatus>& fields();
};

struct TrainingJob {
  ObjectMeta meta;
  TrainingJobSpec spec;
  TrainingJobStatus status;
  Problems problems;
  static constexpr ResourceKind kKind{
      "TrainingJob", "trainingjobs", "vtj",
      "TrainingJob trains a model on Datasets and keeps its verified checkpoints, metrics and the evaluated best "
      "model."};
  static std::span<const Column<TrainingJob>> columns();
};

TrainingJob decode_training_job(const Json& json);
Json encode(const TrainingJob& job);
void validate(const TrainingJobSpec& spec, Problems& problems);

}  // namespace visionops::api
