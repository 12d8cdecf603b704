#include "worker/contract/training_task.h"

namespace visionops::contract {

std::vector<std::string> reported_metrics(const TrainingTask& task, bool validated, bool tested) {
  std::vector<std::string> out(kTrainerMetrics.begin(), kTrainerMetrics.end());
  for (const auto loss : task.losses) out.push_back("loss_" + std::string(loss));
  for (const auto& metric : task.metrics) {
    if (validated) out.emplace_back(metric.name);
    if (tested) out.push_back("test_" + std::string(metric.name));
  }
  return out;
}

void check_extra(const TrainingTask& task, const FreeMap& extra, const std::string& path, Problems& problems) {
  check_hyperparameters({task.hyperparameters, kTrainerHyperparameters}, extra, path, problems);
}

}  // namespace visionops::contract
