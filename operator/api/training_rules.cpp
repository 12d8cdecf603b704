#include "operator/api/training_rules.h"

#include "base/field_doc.h"
#include "operator/api/dataset_reference.h"
#include "operator/api/environment_rules.h"
#include "operator/api/rules.h"
#include "operator/api/training_job.h"

namespace visionops::api {

namespace {

void check_runtime(const TrainingJobSpec& spec, Problems& problems) {
  const bool custom = spec.runtime == Runtime::Custom;
  if (custom && spec.image.empty()) problems.push_back({"spec.image", kCustomWords});
  if (custom && spec.command.empty()) problems.push_back({"spec.command", kCustomWords});
  if (!custom && !spec.image.empty()) problems.push_back({"spec.image", kNotCustomWords});
  if (!custom && !spec.command.empty()) problems.push_back({"spec.command", kNotCustomWords});
  if (!custom && spec.model.empty()) problems.push_back({"spec.model", kModelWords});
}

void check_datasets(const TrainingDatasets& datasets, Problems& problems) {
  check_reference(datasets.train, "spec.datasets.train", problems);
  if (datasets.val) check_reference(*datasets.val, "spec.datasets.val", problems);
  if (datasets.test) check_reference(*datasets.test, "spec.datasets.test", problems);
}

void check_resources(const TrainingJobSpec& spec, Problems& problems) {
  if (!spec.resources) return;
  const auto& resources = *spec.resources;
  if (!resources.gpu_product.empty() && resources.gpus < 1) {
    problems.push_back({"spec.resources.gpuProduct", kGpuProductWords});
  }
  if (spec.runtime == Runtime::Builtin && resources.nodes != 1) {
    problems.push_back({"spec.resources.nodes", kBuiltinNodesWords});
  }
  check_positive_quantity(resources.cpu, "spec.resources.cpu", problems);
  check_positive_quantity(resources.memory, "spec.resources.memory", problems);
  check_positive_quantity(resources.shared_memory, "spec.resources.sharedMemory", problems);
}

void check_queue(const TrainingJobSpec& spec, Problems& problems) {
  if (spec.queue.empty() && !spec.queue_priority.empty())
    problems.push_back({"spec.queuePriority", kQueuePriorityWords});
}

void check_environment(const TrainingJobSpec& spec, Problems& problems) {
  for (std::size_t i = 0; i < spec.env.size(); ++i) {
    const auto& name = spec.env[i].name;
    const bool of_platform = belongs_to_platform(name);
    if (!of_platform && (spec.runtime == Runtime::Custom || is_setting(name))) continue;
    problems.push_back(
        {"spec.env[" + std::to_string(i) + "].name",
         quoted(name) + " is refused: " + (of_platform ? platform_name_words() : std::string(kSettingsWords))});
  }
}

}  // namespace

void validate(const TrainingJobSpec& spec, Problems& problems) {
  check_runtime(spec, problems);
  check_datasets(spec.datasets, problems);
  check_resources(spec, problems);
  check_queue(spec, problems);
  check_environment(spec, problems);
  if (spec.hyperparameters && spec.hyperparameters->learning_rate && !(*spec.hyperparameters->learning_rate > 0)) {
    problems.push_back({"spec.hyperparameters.learningRate", kLearningRateWords});
  }
  if (spec.resume_from && spec.resume_from->training_job.empty() == spec.resume_from->digest.empty()) {
    problems.push_back({"spec.resumeFrom", kResumeWords});
  }
}

}  // namespace visionops::api
