#include "worker/train/tasks/detection/facts.h"

namespace visionops::train::facts {

extern const contract::TrainingTask detection{Task::Detection, kDetectionModels, kDetectionMetrics,
                                              "map50_95",      kDetectionLosses, kDetectionHyperparameters};

}  // namespace visionops::train::facts
