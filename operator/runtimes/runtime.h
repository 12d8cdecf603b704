// The training runtimes: how a TrainingJob is trained, by the name in spec.runtime. A runtime is a file of this folder.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields/fields.h"
#include "base/vocabulary.h"
#include "worker/contract/framework_run.h"

namespace visionops::runtimes {

/// A model, or with `pattern` a family of models that are told from their names.
struct Model {
  std::string name;
  std::vector<Task> tasks;
  std::string best_metric;  ///< by which the best checkpoint is chosen when nothing else is said
  MetricMode best_mode = MetricMode::Max;
  std::string about;
  std::string licence;                ///< of the model where it is not that of the runtime
  std::string pattern;                ///< anchored, RE2 and ECMAScript; empty: `name` is the model
  std::vector<std::string> examples;  ///< names that `pattern` matches
  std::int32_t image_size = 0;        ///< pixels; 0: that of the runtime's defaults

  /// Whether spec.model may be `word`.
  [[nodiscard]] bool answers_to(std::string_view word) const;
  static const Table<Model>& fields();
};

/// What a runtime does for a task. In a file without `tasks` there is nothing to say but what its models learn.
struct RuntimeTask {
  std::string word;         ///< what {task} stands for
  std::string layout;       ///< how the Datasets lie below {data}: YOLO, COCO, ClassFolders; empty: not at all
  std::string best_metric;  ///< of its models that name none
  MetricMode best_mode = MetricMode::Max;

  static const Table<RuntimeTask>& fields();
};

/// Three kinds. With `run` a framework whose command is written here; with `own_command` one whose image and command
/// are those of the TrainingJob; else the platform's own trainer, a subcommand of visionops-worker.
struct Runtime {
  std::string name;
  std::string about;    ///< half a sentence for the reference
  std::string command;  ///< the subcommand of visionops-worker that trains
  std::int32_t max_nodes = 1;
  std::int32_t max_gpus = 64;  ///< of a node
  std::vector<Model> models;   ///< without any in the file: those of the platform's own trainer

  bool own_command = false;
  std::string image;                ///< without a tag; empty: image_of() makes one of the name
  std::vector<std::string> run;     ///< texts of words, see contract::FrameworkRun
  std::vector<std::string> resume;  ///< the same from {checkpoint}; empty: it cannot go on
  std::string extra;                ///< how a setting of hyperparameters.extra is written; empty: none
  std::map<std::string, std::string> extra_defaults;  ///< settings that count where hyperparameters.extra has none
  std::map<std::string, std::string> environment;     ///< words as in `run`
  std::map<std::string, std::string> files;           ///< text by name, for the job's folder; nothing is replaced in it
  std::map<std::string, RuntimeTask> tasks;           ///< by the name of a Task
  std::map<std::string, double> defaults;             ///< of hyperparameters; what is in neither is the framework's own
  std::string shared_memory;                          ///< a quantity, when a TrainingJob asks for none; empty: likewise
  std::string python;                 ///< its environment: a lock of operator/runtimes/locks; empty: none
  std::vector<std::string> programs;  ///< that its command needs in PATH
  std::string licence;                ///< of the framework
  contract::FrameworkReading reading;

  [[nodiscard]] bool is_framework() const { return !run.empty() || own_command; }
  static const Table<Runtime>& fields();
};

/// "visionops-runtime-NAME" when its file names none; empty for the platform's own trainer and for own_command.
std::string image_of(const Runtime& runtime);
/// What stands for its environment where Pods are processes of this machine: also of own_command, whose image is not
/// looked at there.
std::string laptop_image_of(const Runtime& runtime);

/// All of them, by name. The tables are made once, at the first call; safe to call from any thread.
const std::vector<Runtime>& all();
/// nullptr: there is none of that name.
const Runtime* find(std::string_view runtime);
/// nullptr when the runtime or the model is not known. A name before a pattern, and what stands first in the file.
const Model* find_model(std::string_view runtime, std::string_view model);
/// The same among the models that learn the task; nullptr when none of them answers to the name.
const Model* find_model(const Runtime& runtime, std::string_view model, Task task);

/// What the schema of a TrainingJob offers.
std::vector<std::string> names();
/// The tasks that some model of some runtime learns, in the order of the vocabulary.
std::vector<std::string> task_names();
/// The most nodes that any runtime trains on.
std::int32_t most_nodes();
/// "builtin: the C++ trainer of the platform, without Python."
std::string about_all();

}  // namespace visionops::runtimes
