#include "worker/train/tasks/toy/facts.h"

namespace visionops::train::facts {

extern const contract::TrainingTask toy{Task::AnomalyDetection, kToyModels, kToyMetrics, "error", kToyLosses,
                                        kToyHyperparameters};

}  // namespace visionops::train::facts
