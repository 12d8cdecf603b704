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
      field("image", &TrainingJobSpec::image,
            "Container image of the trainer, for the runtime custom: one that the administrator allows "
            "(images.allowed). It needs nothing of VisionOps.")
          .default_text("the runtime's")
          .min_length(1)
          .max_length(512)
          .pattern("^[a-zA-Z0-9][a-zA-Z0-9._:@/-]*$", "must be the name of a container image")
          .example("registry.example.org/team/trainer:1.4"),
      field("command", &TrainingJobSpec::command,
            "Command of the trainer instead of the runtime's, one word an item and without a shell. {data}, "
            "{checkpoint}, {weights}, {classes}, {job}, {epochs}, {batchSize}, {imageSize} and the names of the other "
            "hyperparameters are filled in; an item whose {name} has no value is left out.")
          .default_text("the runtime's")
          .max_items(128)
          .items(1024)
          .example("[python, train.py, --data, '{data}']"),
      field("weights", &TrainingJobSpec::weights, "Model file that a framework starts from; nothing is downloaded.")
          .default_text("none"),
      field("allowLoss", &TrainingJobSpec::allow_loss,
            "What the Datasets may lose when they are laid out for a framework. A loss that is not named here stops "
            "the run before it trains, but for UnknownKeys and Precision, and for what the task does not learn: "
            "keypoints and attributes of Detection and Segmentation, masks of Detection.")
          .default_text("nothing else may be lost")
          .max_items(14)
          .set()
          .example("[Masks]"),
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
