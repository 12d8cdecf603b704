#include "operator/commands/runtimes/models.h"

#include <algorithm>
#include <iostream>
#include <memory>

#include "base/cli/program.h"
#include "base/cli/safe_streams.h"
#include "operator/commands/runtimes/runtime_words.h"

namespace visionops::commands {
namespace {

struct ModelsOptions {
  std::string runtime;
  std::string task;
  bool json = false;
};

bool is_wanted(const ModelsOptions& options, const runtimes::Model& model) {
  if (options.task.empty()) return true;
  return std::ranges::any_of(model.tasks, [&](Task task) { return enum_name(task) == options.task; });
}

int models(const ModelsOptions& options) {
  Json all = Json::array();
  std::vector<TableRow> rows;
  for (const auto& runtime : runtimes::all()) {
    if (!options.runtime.empty() && runtime.name != options.runtime) continue;
    for (const auto& model : runtime.models) {
      if (!is_wanted(options, model)) continue;
      all.push_back(model_json(runtime, model));
      rows.push_back(model_row(runtime, model));
    }
  }
  if (options.json) {
    cli::machine_output() << dump_json(all) << "\n";
    return 0;
  }
  for (const auto& line : format_table({"MODEL", "RUNTIME", "TASKS", "BEST", "PICTURES"}, rows))
    std::cout << line << "\n";
  return 0;
}

}  // namespace

void add_models(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("models", "Show the models that TrainingJobs can train");
  auto options = std::make_shared<ModelsOptions>();
  cli::add_word_option(*command, "--runtime", options->runtime, "Only those of this runtime", runtimes::names());
  cli::add_word_option(*command, "--task", options->task, "Only those that learn this task", runtimes::task_names());
  command->add_flag("--json", options->json, "An array of objects");
  command->footer(
      "MODEL goes into spec.model; \"...\" stands for more names of the same kind (--json has the pattern).\n"
      "BEST is the metric that decides on the best checkpoint, PICTURES the default of hyperparameters.imageSize.");
  command->callback([options, &exit_code] { exit_code = models(*options); });
}

}  // namespace visionops::commands
