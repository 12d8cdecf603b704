// The training runtimes: how a TrainingJob is trained, by the name in spec.runtime. A runtime is a file of this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fields/fields.h"
#include "base/vocabulary.h"

namespace visionops::runtimes {

struct Model {
  std::string name;
  std::vector<Task> tasks;
  std::string best_metric;  ///< by which the best checkpoint is chosen when nothing else is said
  MetricMode best_mode = MetricMode::Max;

  static const Table<Model>& fields();
};

struct Runtime {
  std::string name;
  std::string about;    ///< half a sentence for the reference
  std::string command;  ///< the subcommand of visionops-worker that trains
  std::int32_t max_nodes = 1;
  std::vector<Model> models;  ///< without any in the file: those of the platform's own trainer

  static const Table<Runtime>& fields();
};

/// All of them, by name. The tables are made once, at the first call; safe to call from any thread.
const std::vector<Runtime>& all();
/// nullptr: there is none of that name.
const Runtime* find(std::string_view runtime);
/// nullptr when the runtime or the model is not known.
const Model* find_model(std::string_view runtime, std::string_view model);

/// What the schema of a TrainingJob offers.
std::vector<std::string> names();
/// The tasks that some model of some runtime learns, in the order of the vocabulary.
std::vector<std::string> task_names();
/// The most nodes that any runtime trains on.
std::int32_t most_nodes();
/// "builtin: the C++ trainer of the platform, without Python."
std::string about_all();

}  // namespace visionops::runtimes
