// The tables of what a TrainingJob's spec is made of; the spec itself: training_job.cpp.
#include "operator/api/alert_rule.h"
#include "operator/api/environment_rules.h"
#include "operator/api/rules.h"
#include "operator/api/training_job.h"
#include "operator/runtimes/runtime.h"

namespace visionops::api {

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
          .rule("self > 0.0", "must be greater than 0",
                [](const Hyperparameters& h) { return !h.learning_rate || *h.learning_rate > 0; })
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
          field("nodes", &TrainingResources::nodes, "Pods that train together, one per node.")
              .range(1, runtimes::most_nodes()),
          field("gpus", &TrainingResources::gpus, "GPUs per node; 0 trains on the CPU.").range(0, 64).example("1"),
          field("gpuProduct", &TrainingResources::gpu_product,
                "Kind of GPU, as the node label nvidia.com/gpu.product names it.")
              .default_text("any")
              .max_length(63)
              .pattern("^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$", "must be a value of a node label")
              .example("NVIDIA-H200"),
          quantity_field<TrainingResources, &TrainingResources::cpu>("cpu", "CPU per node, as request and limit.")
              .unit("cores, a Kubernetes quantity in quotes")
              .default_text("\"2\"")
              .example("\"4\""),
          quantity_field<TrainingResources, &TrainingResources::memory>("memory",
                                                                        "Memory per node, as request and limit.")
              .unit("bytes, a Kubernetes quantity")
              .default_text("4Gi")
              .example("16Gi"),
          quantity_field<TrainingResources, &TrainingResources::shared_memory>(
              "sharedMemory",
              "Size of /dev/shm, which data loaders with several processes need; counts against memory.")
              .unit("bytes, a Kubernetes quantity")
              .default_text("the container runtime's 64Mi")
              .example("2Gi"),
      }
          .rule("!has(self.gpuProduct) || (has(self.gpus) && self.gpus > 0)", "gpuProduct needs gpus of at least 1",
                [](const TrainingResources& r) { return unless(r.gpu_product.empty() || r.gpus > 0, "gpuProduct"); });
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
          field(
              "trainingJob", &ResumeFrom::training_job,
              "TrainingJob of the same namespace whose best model is the start; itself for an earlier run of its own.")
              .min_length(1)
              .max_length(kMaxName)
              .pattern(kNamePattern, kNameWords)
              .example("street-detector-old"),
          field("run", &ResumeFrom::run, "Which of its runs, as status.run and status.runs number them.")
              .default_text("its newest with a checkpoint")
              .range(1, 9007199254740991)
              .example("3"),
          field("digest", &ResumeFrom::digest,
                "Digest of a checkpoint that a TrainingJob of this namespace has stored in the store of "
                "spec.checkpoints, "
                "also of one that was deleted or has changed since.")
              .max_length(71)
              .pattern(kDigestPattern, kDigestWords),
          path_field<ResumeFrom, &ResumeFrom::path>(
              "path", "Folder of a run, or one of its .pt files, inside the store of spec.checkpoints.")
              .example("checkpoints/team-a/street-detector/run-3-5f0c2b7e9a41"),
      }
          .rule("[has(self.trainingJob), has(self.digest), has(self.path)].filter(given, given).size() == 1",
                "needs exactly one of trainingJob, digest or path",
                [](const ResumeFrom& r) {
                  return int{!r.training_job.empty()} + int{!r.digest.empty()} + int{!r.path.empty()} == 1;
                })
          .rule("!has(self.run) || has(self.trainingJob)", "run is of a trainingJob",
                [](const ResumeFrom& r) { return r.run == 0 || !r.training_job.empty(); });
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

const Table<Weights>& Weights::fields() {
  static const Table<Weights> table{
      field("store", &Weights::store, "Store that holds the file.")
          .required()
          .min_length(1)
          .max_length(kMaxStore)
          .pattern(kLabelPattern, kLabelWords)
          .example("models"),
      path_field<Weights, &Weights::path>("path", "The file inside the store.")
          .required()
          .example("weights/yolo11n.pt"),
      field("sha256", &Weights::sha256, "Its digest, compared before training starts.")
          .default_text("not compared")
          .max_length(64)
          .pattern("^[0-9a-f]{64}$", "must be 64 lower-case hex digits"),
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
          .pattern(kAlertPattern, kAlertWords)
          .example("\"loss > 10 for 3 epochs\""),
  };
  return table;
}

const Table<EnvironmentVariable>& EnvironmentVariable::fields() {
  static const Table<EnvironmentVariable> table{
      field("name", &EnvironmentVariable::name,
            "Name. NVIDIA_*, VISIONOPS_* and KUBERNETES_* belong to the platform and are refused, and so is what env "
            "does "
            "not list: other variables can load programs.")
          .required()
          .min_length(1)
          .max_length(128)
          .pattern("^[A-Za-z_][A-Za-z0-9_]*$", "must be letters, digits and '_', and not begin with a digit")
          .rule(platform_name_rule(), platform_name_words(),
                [](const EnvironmentVariable& v) {
                  return belongs_to_platform(v.name) ? Problems{refused("", v.name, platform_name_words())}
                                                     : Problems{};
                })
          .example("OMP_NUM_THREADS"),
      field("value", &EnvironmentVariable::value, "Value; never put secrets here.")
          .default_text("empty")
          .max_length(4096)
          .example("\"4\""),
  };
  return table;
}

}  // namespace visionops::api
