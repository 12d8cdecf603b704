// What weights were made of: data, network and settings. Equal runs of different objects are made of the same and give
// the same bytes; whose run it was stands in the manifest beside the file (worker/contract/run_identity.h).
#pragma once

#include <string>

#include "worker/contract/run_spec.h"

namespace visionops::train {

/// 32 hex digits over the digests of the Datasets, model, task, seed, learning rate, weight decay, warm-up, image size
/// and extra. Not over places, names, devices and limits: they do not change what is learnt. A Dataset without a digest
/// (a run by hand) counts by its store and path.
std::string made_of(const contract::TrainRun& run);

}  // namespace visionops::train
