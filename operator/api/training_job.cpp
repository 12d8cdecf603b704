#include "operator/api/training_job.h"

#include "operator/api/environment_rules.h"
#include "operator/api/patterns.h"
#include "operator/api/resource_codec.h"
#include "operator/api/training_rules.h"

namespace visionops::api {

namespace {

constexpr double kMaxSeed = 9007199254740991;  // 2^53 - 1: exact in every JSON reader
constexpr const char* kIsCustom = "(has(self.runtime) && self.runtime == 'custom')";

}  // namespace

const Table<TrainingDatasets>& TrainingDatasets::fields() {
  static const Table<TrainingDatasets> table{
      field("train", &TrainingDatasets::train, "Dataset that the model learns from.").required(),
      field("val", &TrainingDatasets::val, "Dataset that checkpoints are compared on.")
          .default_text("none: the last checkpoint counts as the best"),
      field(
          "test", &TrainingDatasets::test,
          "Dataset that no choice is made on. It is pinned with the run and given to the runtime; the builtin runtime "
          "measures the best model on it in the end, as test_map50 and test_map50_95.")
          .default_text("none"),
  };
  return table;
}

const Table<Hyperparameters>& Hyperparameters::fields() {
  static const Table<Hyperparameters> table{
      field("epochs", &Hyperparameters::epochs, "Passes over the training set.")
          .default_text("30, or what the runtime says")
          .range(1, 100000)
          .example("30"),
      field("batchSize", &Hyperparameters::batch_size, "Images per step and GPU.")
          .default_text("16, or what the runtime says")
          .range(1, 65536)
          .example("16"),
      field("learningRate", &Hyperparameters::learning_rate, "Peak of the learning rate.")
          .default_text("0.001, or what the runtime says")
          .range(0, 1000)
          .rule("self > 0.0", kLearningRateWords)
          .example("0.001"),
      field("weightDecay", &Hyperparameters::weight_decay, "Weight decay.")
          .default_text("0.0001, or what the runtime says")
          .range(0, 1000)
          .example("0.0001"),
      field("warmupEpochs", &Hyperparameters::warmup_epochs, "Epochs over which the learning rate rises from zero.")
          .unit("epochs")
          .default_text("1, or what the runtime says")
          .range(0, 100000)
          .example("0.5"),
      field("imageSize", &Hyperparameters::image_size, "Longer side of the images as the model sees them.")
          .unit("pixels")
          .default_text("the largest side in the training set, rounded up to 32")
          .range(32, 16384)
          .example("640"),
      field("seed", &Hyperparameters::seed, "Seed of every random choice.")
          .default_text("0")
          .range(0, kMaxSeed)
          .example("7"),
      field("extra", &Hyperparameters::extra,
            "Free mapping that goes to the runtime as it is, for settings that only this runtime knows.")
          .default_text("none")
          .max_properties(64),
  };
  return table;
}

const Table<TrainingResources>& TrainingResources::fields() {
  static const auto table =
      Table<TrainingResources>{
          field("nodes", &TrainingResources::nodes, "Pods that train together, one per node.").range(1, 256),
          field("gpus", &TrainingResources::gpus, "GPUs per node; 0 trains on the CPU.").range(0, 64).example("1"),
          field("gpuProduct", &TrainingResources::gpu_product,
                "Kind of GPU, as the node label nvidia.com/gpu.product names it.")
              .default_text("any")
              .max_length(63)
              .pattern("^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$", "must be a value of a node label")
              .example("NVIDIA-H200"),
          field("cpu", &TrainingResources::cpu, "CPU per node, as request and limit.")
              .unit("cores, a Kubernetes quantity in quotes")
              .default_text("\"2\"")
              .max_length(32)
              .pattern(kQuantityPattern, kQuantityWords)
              .rule(kPositiveQuantityRule, kPositiveQuantityWords)
              .example("\"4\""),
          field("memory", &TrainingResources::memory, "Memory per node, as request and limit.")
              .unit("bytes, a Kubernetes quantity")
              .default_text("4Gi")
              .max_length(32)
              .pattern(kQuantityPattern, kQuantityWords)
              .rule(kPositiveQuantityRule, kPositiveQuantityWords)
              .example("16Gi"),
          field("sharedMemory", &TrainingResources::shared_memory,
                "Size of /dev/shm, which data loaders with several processes need; counts against memory.")
              .unit("bytes, a Kubernetes quantity")
              .default_text("the container runtime's 64Mi")
              .max_length(32)
              .pattern(kQuantityPattern, kQuantityWords)
              .rule(kPositiveQuantityRule, kPositiveQuantityWords)
              .example("2Gi"),
      }
          .rule("!has(self.gpuProduct) || (has(self.gpus) && self.gpus > 0)", kGpuProductWords);
  return table;
}

const Table<CheckpointPolicy>& CheckpointPolicy::fields() {
  static const Table<CheckpointPolicy> table{
      field("store", &CheckpointPolicy::store, "Store that checkpoints and the model are written to.")
          .required()
          .min_length(1)
          .max_length(kMaxStore)
          .pattern(kLabelPattern, kLabelWords)
          .example("models"),
      field("every", &CheckpointPolicy::every, "Epochs between checkpoints.").unit("epochs").range(1, 100000),
      field("keep", &CheckpointPolicy::keep,
            "Checkpoints that are kept; older ones are removed. The best and the last one always stay.")
          .unit("checkpoints")
          .range(1, 1000),
  };
  return table;
}

const Table<ResumeFrom>& ResumeFrom::fields() {
  static const auto table =
      Table<ResumeFrom>{
          field("trainingJob", &ResumeFrom::training_job,
                "TrainingJob of the same namespace whose best model is the start.")
              .min_length(1)
              .max_length(kMaxName)
              .pattern(kNamePattern, kNameWords)
              .example("street-detector-old"),
          field("digest", &ResumeFrom::digest, "Digest of the checkpoint that is the start.")
              .max_length(71)
              .pattern(kDigestPattern, kDigestWords),
      }
          .rule("has(self.trainingJob) != has(self.digest)", kResumeWords);
  return table;
}

const Table<EarlyStopping>& EarlyStopping::fields() {
  static const Table<EarlyStopping> table{
      field("metric", &EarlyStopping::metric, "Metric that is watched, as the runtime names it.")
          .required()
          .min_length(1)
          .max_length(64)
          .pattern(kMetricPattern, kMetricWords)
          .example("map50"),
      field("mode", &EarlyStopping::mode, "Whether smaller (Min) or larger (Max) is better."),
      field("patience", &EarlyStopping::patience, "Epochs without improvement after which training stops.")
          .unit("epochs")
          .range(1, 100000),
      field("minDelta", &EarlyStopping::min_delta, "How much better counts as improvement.").min(0).example("0.001"),
  };
  return table;
}

const Table<Alert>& Alert::fields() {
  static const Table<Alert> table{
      field("name", &Alert::name, "Name of the alert, unique in this TrainingJob.")
          .required()
          .min_length(1)
          .max_length(63)
          .pattern(kLabelPattern, kLabelWords)
          .example("diverging"),
      field("when", &Alert::when, "Comparison of a metric with a number, and for how many epochs it has to hold.")
          .required()
          .max_length(128)
          .pattern("^[A-Za-z0-9_][A-Za-z0-9_./@:-]* *(<=|<|>=|>) *-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?( for [0-9]+ "
                   "epochs?)?$",
                   "must be METRIC, one of < <= > >=, a number, and optionally \"for N epochs\"")
          .example("\"loss > 10 for 3 epochs\""),
      field("notify", &Alert::notify, "Receivers that the administrator declared.")
          .default_text("none: the alert stands in the events alone")
          .max_items(8)
          .items(63, kLabelPattern, kLabelWords)
          .set()
          .example("[ops]"),
  };
  return table;
}

const Table<MlflowTracking>& MlflowTracking::fields() {
  static const Table<MlflowTracking> table{
      field("experiment", &MlflowTracking::experiment, "Name of the experiment.")
          .required()
          .min_length(1)
          .max_length(250)
          .example("street"),
  };
  return table;
}

const Table<Tracking>& Tracking::fields() {
  static const Table<Tracking> table{
      field("mlflow", &Tracking::mlflow,
            "MLflow experiment that the run belongs to. It is kept with the run; this version of the operator sends "
            "nothing to an MLflow server.")
          .default_text("none"),
  };
  return table;
}

const Table<EnvironmentVariable>& EnvironmentVariable::fields() {
  static const Table<EnvironmentVariable> table{
      field("name", &EnvironmentVariable::name,
            "Name. NVIDIA_*, VISIONOPS_* and KUBERNETES_* belong to the platform and are refused. A runtime other than "
            "custom takes what env lists: other variables can load programs.")
          .required()
          .min_length(1)
          .max_length(128)
          .pattern("^[A-Za-z_][A-Za-z0-9_]*$", "must be letters, digits and '_', and not begin with a digit")
          .rule(platform_name_rule(), platform_name_words())
          .example("OMP_NUM_THREADS"),
      field("value", &EnvironmentVariable::value, "Value; never put secrets here.")
          .default_text("empty")
          .max_length(4096)
          .example("\"4\""),
  };
  return table;
}

const Table<TrainingJobSpec>& TrainingJobSpec::fields() {
  static const auto table =
      Table<TrainingJobSpec>{
          field("runtime", &TrainingJobSpec::runtime,
                "What trains. builtin: the C++ trainer of the platform, without Python. custom: your own image."),
          field("task", &TrainingJobSpec::task, "What the model learns.").required().example("Detection"),
          field("model", &TrainingJobSpec::model, "Name of the model, one of the runtime's list.")
              .default_text("none; required by every runtime but custom")
              .min_length(1)
              .max_length(128)
              .pattern("^[A-Za-z0-9][A-Za-z0-9._/:-]*$", "must be letters, digits and ._/:-")
              .example("centernet_nano"),
          field("image", &TrainingJobSpec::image, "Container image, for runtime: custom alone.")
              .default_text("the runtime's image")
              .min_length(1)
              .max_length(512)
              .pattern("^[A-Za-z0-9][A-Za-z0-9._/:@-]*$", "must be the name of a container image")
              .example("registry.example.org/team/trainer:1.4"),
          field("command", &TrainingJobSpec::command, "Program and arguments, for runtime: custom alone.")
              .default_text("the runtime's command")
              .max_items(64)
              .items(4096)
              .example("[python, train.py]"),
          field("env", &TrainingJobSpec::env,
                ("Environment variables of the trainer. A runtime other than custom takes " + settings_text() + ".")
                    .c_str())
              .default_text("none")
              .max_items(64)
              .map_by("name"),
          field("datasets", &TrainingJobSpec::datasets, "Datasets that are read; they are never changed.").required(),
          field("hyperparameters", &TrainingJobSpec::hyperparameters,
                "Settings of the training. What absent ones became stands in status.resolved and in the history.")
              .default_text("the runtime's"),
          field("resources", &TrainingJobSpec::resources, "What the training runs on.")
              .default_text("one node without GPU"),
          field("checkpoints", &TrainingJobSpec::checkpoints, "Where checkpoints go and how many stay.").required(),
          field("resumeFrom", &TrainingJobSpec::resume_from, "Checkpoint of another run to start from.")
              .default_text("the run's own newest checkpoint, else from the beginning"),
          field("earlyStopping", &TrainingJobSpec::early_stopping, "When to stop before the last epoch.")
              .default_text("off"),
          field("retry", &TrainingJobSpec::retry,
                "How failed attempts are repeated; they go on at the newest checkpoint.")
              .default_text("limit: 3"),
          field("deadlines", &TrainingJobSpec::deadlines, "How long waiting, training and silence may take.")
              .default_text("no deadlines"),
          field("alerts", &TrainingJobSpec::alerts, "When to tell people about a metric.")
              .default_text("none")
              .max_items(16)
              .map_by("name"),
          field("tracking", &TrainingJobSpec::tracking, "Experiment trackers that the run belongs to.")
              .default_text("none"),
          field("queue", &TrainingJobSpec::queue, "Kueue LocalQueue that decides when the training may start.")
              .default_text("none: it starts as soon as a node has room")
              .min_length(1)
              .max_length(63)
              .pattern(kLabelPattern, kLabelWords)
              .example("team-a"),
          field(
              "queuePriority", &TrainingJobSpec::queue_priority,
              "Kueue WorkloadPriorityClass of the training: who goes first, and who is stopped for it. A training that "
              "is stopped waits in its queue and goes on at its newest checkpoint.")
              .default_text("none: Kueue's priority 0")
              .min_length(1)
              .max_length(63)
              .pattern(kNamePattern, kNameWords)
              .example("urgent"),
          field("ttlSecondsAfterFinished", &TrainingJobSpec::ttl_seconds_after_finished,
                "When the finished Job and its Pods (with their logs) are removed. The TrainingJob and the model stay.")
              .unit("seconds")
              .default_text("they are kept until the next run")
              .range(0, 365.0 * 24 * 3600)
              .example("86400"),
          field("suspend", &TrainingJobSpec::suspend,
                "true stops the training at its newest checkpoint and frees the GPUs; false goes on there."),
      }
          .rule(std::string("!") + kIsCustom + " || (has(self.image) && has(self.command) && self.command.size() > 0)",
                kCustomWords)
          .rule(std::string(kIsCustom) + " || (!has(self.image) && !has(self.command))", kNotCustomWords)
          .rule(std::string(kIsCustom) + " || has(self.model)", kModelWords)
          .rule(
              "(has(self.runtime) && self.runtime != 'builtin') || !has(self.resources) || "
              "!has(self.resources.nodes) || self.resources.nodes == 1",
              kBuiltinNodesWords)
          .rule("!has(self.queuePriority) || has(self.queue)", kQueuePriorityWords)
          .rule(settings_rule(), kSettingsWords);
  return table;
}

TrainingJob decode_training_job(const Json& json) { return decode_resource<TrainingJob>(json, "TrainingJob"); }
Json encode(const TrainingJob& job) { return encode_resource(job, "TrainingJob"); }

}  // namespace visionops::api
