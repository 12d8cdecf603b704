// The training runtimes that can run, and their models. The one place that lists them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/vocabulary.h"
#include "operator/api/training_job.h"
#include "operator/core/decision.h"

namespace visionops::core {

struct ModelInfo {
  std::string name;
  std::vector<Task> tasks;
  std::string best_metric;  ///< by which the best checkpoint is chosen when nothing else is said
  bool best_is_max = true;
};

struct RuntimeInfo {
  api::Runtime runtime = api::Runtime::Builtin;
  std::int32_t max_nodes = 1;
  std::vector<ModelInfo> models;
};

const std::vector<RuntimeInfo>& available_runtimes();
/// nullptr when the runtime or the model is not available.
const ModelInfo* find_model(api::Runtime runtime, const std::string& model);
/// RuntimeNotAvailable, UnknownModel, UnsupportedTask, UnsupportedResources or InvalidSpec, naming what there is.
std::optional<Refusal> refuse_runtime(const api::TrainingJobSpec& spec);

}  // namespace visionops::core
