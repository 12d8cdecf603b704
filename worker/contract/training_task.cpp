#include "worker/contract/training_task.h"

namespace visionops::contract {

void check_extra(const TrainingTask& task, const FreeMap& extra, const std::string& path, Problems& problems) {
  check_hyperparameters({task.hyperparameters, kTrainerHyperparameters}, extra, path, problems);
}

}  // namespace visionops::contract
