// Training runtimes and their models in words and as JSON.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/vocabulary.h"
#include "operator/present/text_table.h"
#include "operator/runtimes/environments/runtime_environment.h"
#include "operator/runtimes/runtime.h"

namespace visionops::commands {

/// Whether a runtime can train on this machine with `visionops run`.
struct Here {
  bool ready = false;
  std::string words;          ///< "installed", "no"
  std::string way;            ///< why not, and the command to type; empty when it is ready
  std::filesystem::path bin;  ///< of its environment; empty: none is needed, or there is none
};
Here here(const std::filesystem::path& folder, const runtimes::Runtime& runtime);

/// In the order of the vocabulary, each once.
std::vector<Task> tasks_of(const runtimes::Runtime& runtime);

/// NAME, TASKS, DATA, HERE.
TableRow runtime_row(const runtimes::Runtime& runtime, const Here& here);
/// Lines for `visionops runtimes show`.
std::vector<std::string> runtime_text(const runtimes::Runtime& runtime, const Here& here);
Json runtime_json(const runtimes::Runtime& runtime, const Here& here);

/// MODEL, RUNTIME, TASKS, BEST, PICTURES.
TableRow model_row(const runtimes::Runtime& runtime, const runtimes::Model& model);
Json model_json(const runtimes::Runtime& runtime, const runtimes::Model& model);

}  // namespace visionops::commands
