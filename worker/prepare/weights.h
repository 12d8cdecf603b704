// The model file that a run starts from.
#pragma once

#include <string>

#include "base/result.h"
#include "worker/contract/framework_run.h"
#include "worker/prepare/surroundings.h"

namespace visionops::prepare {

/// Its absolute path: in the mounted store, or below `job` when the store is a bucket. A digest that was given is
/// compared by reading the file. A folder (of a model in several files) has no digest, and must be in a mounted store.
/// Errors name the field.
Result<std::string> find_weights(const contract::WeightsFile& weights, const std::filesystem::path& job,
                                 const Surroundings& surroundings);

}  // namespace visionops::prepare
