#include "operator/api/training_job.h"

#include "operator/api/alert_rule.h"
#include "operator/api/environment_rules.h"
#include "operator/api/resource_codec.h"
#include "operator/api/rules.h"
#include "operator/runtimes/runtime.h"

namespace visionops::api {

namespace {

Problem refused(const std::string& path, const std::string& name, const std::string& words) {
  return {path, quoted(name) + " is refused: " + words};
}

/// Names of the platform are refused by the rule of a variable.
constexpr auto refused_settings = [](const TrainingJobSpec& spec) {
  Problems out;
  for (std::size_t i = 0; i < spec.env.size(); ++i) {
    const auto& name = spec.env[i].name;
    if (belongs_to_platform(name) || is_setting(name)) continue;
    out.push_back(refused("env[" + std::to_string(i) + "].name", name, kSettingsWords));
  }
  return out;
};

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

namespace {

/// What trains.
Table<TrainingJobSpec> fields_of_the_trainer() {
  return Table<TrainingJobSpec>{
      field("runtime", &TrainingJobSpec::runtime, ("What trains. " + runtimes::about_all()).c_str())
          .default_text("builtin")
          .one_of(runtimes::names()),
      field("task", &TrainingJobSpec::task, "What the model learns.")
          .required()
          .one_of(runtimes::task_names())
          .example("Detection"),
      field("model", &TrainingJobSpec::model,
            "Name of the model. Those of builtin stand in docs/reference/training-tasks.md; a refusal names them.")
          .required()
          .min_length(1)
          .max_length(128)
          .pattern("^[A-Za-z0-9][A-Za-z0-9._/:-]*$", "must be letters, digits and ._/:-")
          .example("centernet_nano"),
      field("env", &TrainingJobSpec::env, ("Environment variables of the trainer: " + settings_text() + ".").c_str())
          .default_text("none")
          .max_items(64)
          .map_by("name"),
  };
}

/// What it trains with.
Table<TrainingJobSpec> fields_of_the_training() {
  return Table<TrainingJobSpec>{
      field("datasets", &TrainingJobSpec::datasets, "Datasets that are read; they are never changed.").required(),
      field("hyperparameters", &TrainingJobSpec::hyperparameters,
            "Settings of the training. What absent ones became stands in status.resolved and in the history, but for "
            "imageSize and the keys of extra, whose own descriptions tell.")
          .default_text("the runtime's"),
      field("resources", &TrainingJobSpec::resources,
            "What the training runs on. Not what it makes: with other resources a run goes on at its checkpoint.")
          .steering()
          .default_text("one node without GPU"),
      field("checkpoints", &TrainingJobSpec::checkpoints, "Where checkpoints go and how many stay.").required(),
      field("resumeFrom", &TrainingJobSpec::resume_from, "Checkpoint of another run to start from.")
          .default_text("the run's own newest checkpoint, else from the beginning"),
      field("earlyStopping", &TrainingJobSpec::early_stopping, "When to stop before the last epoch.")
          .default_text("off"),
  };
}

/// What it takes of what the administrator declares.
Table<TrainingJobSpec> fields_of_the_grants() {
  return Table<TrainingJobSpec>{
      field("secrets", &TrainingJobSpec::secrets,
            "Secrets of the namespace, of those that the administrator allows, as environment of the trainer. It gets "
            "MY_* and names that end in _TOKEN, _KEY, _KEY_ID, _SECRET, _PASSWORD, _USER or _USERNAME; other keys are "
            "left out, with a line in its log.")
          .steering()
          .default_text("none")
          .max_items(16)
          .items(253, kNamePattern, kNameWords)
          .set()
          .example("[wandb]"),
      field(
          "mounts", &TrainingJobSpec::mounts,
          "Further stores, read-only at /stores/NAME in the trainer: weights, caches. Their files are no part of what "
          "a run is known by; what is learned from belongs into a Dataset. A bucket cannot be mounted.")
          .steering()
          .default_text("none")
          .max_items(16)
          .items(kMaxStore, kLabelPattern, kLabelWords)
          .set()
          .example("[weights]"),
  };
}

/// How the run is steered.
Table<TrainingJobSpec> fields_of_the_run() {
  return Table<TrainingJobSpec>{
      field("retry", &TrainingJobSpec::retry, "How failed attempts are repeated; they go on at the newest checkpoint.")
          .steering()
          .default_text("limit: 3"),
      field("deadlines", &TrainingJobSpec::deadlines, "How long waiting, training and silence may take.")
          .steering()
          .default_text("no deadlines"),
      field("alerts", &TrainingJobSpec::alerts, "When to tell people about a metric.")
          .steering()
          .default_text("none")
          .max_items(16)
          .map_by("name"),
      field("queue", &TrainingJobSpec::queue, "Kueue LocalQueue that decides when the training may start.")
          .steering()
          .default_text("none: it starts as soon as a node has room")
          .min_length(1)
          .max_length(63)
          .pattern(kLabelPattern, kLabelWords)
          .example("team-a"),
      field("queuePriority", &TrainingJobSpec::queue_priority,
            "Kueue WorkloadPriorityClass of the training: who goes first, and who is stopped for it. A training that "
            "is stopped waits in its queue and goes on at its newest checkpoint.")
          .steering()
          .default_text("none: Kueue's priority 0")
          .min_length(1)
          .max_length(63)
          .pattern(kNamePattern, kNameWords)
          .example("urgent"),
      profile_field<TrainingJobSpec>(
          "Profile of the administrator: where the Pods run, and which resource resources.gpus counts."),
      field("ttlSecondsAfterFinished", &TrainingJobSpec::ttl_seconds_after_finished,
            "When the finished Job and its Pods (with their logs) are removed. The TrainingJob and the model stay.")
          .steering()
          .unit("seconds")
          .default_text("they are kept until the next run")
          .range(0, 365.0 * 24 * 3600)
          .example("86400"),
      field("suspend", &TrainingJobSpec::suspend,
            "true stops the training at its newest checkpoint and frees the GPUs; false goes on there.")
          .steering(),
  };
}

}  // namespace

const Table<TrainingJobSpec>& TrainingJobSpec::fields() {
  static const auto table = fields_of_the_run()
                                .extends(fields_of_the_grants())
                                .extends(fields_of_the_training())
                                .extends(fields_of_the_trainer())
                                .rule("!has(self.queuePriority) || has(self.queue)", "queuePriority needs queue",
                                      [](const TrainingJobSpec& s) {
                                        return unless(s.queue_priority.empty() || !s.queue.empty(), "queuePriority");
                                      })
                                .rule(settings_rule(), kSettingsWords, refused_settings);
  return table;
}

TrainingJob decode_training_job(const Json& json) { return decode_resource<TrainingJob>(json); }
Json encode(const TrainingJob& job) { return encode_resource(job); }

void validate(const TrainingJobSpec& spec, Problems& problems) {
  TrainingJobSpec::fields().check(spec, "spec", problems);
}

}  // namespace visionops::api
