// Who still works with a Dataset: its files are protected until then, as pvc-protection does for volumes.
#pragma once

#include <string>

#include "operator/core/observed.h"

namespace visionops::core {

/// Whether the present run of `user` works with this very object.
bool pins(const api::TrainingJob& user, const api::Dataset& dataset);
bool pins(const api::Pipeline& user, const api::Dataset& dataset);
/// "TrainingJob night-run (Running, train)": the runs that have pinned this very object and are not over, suspended
/// ones included, the first three by name. Empty: nobody uses it.
std::string users_of(const DatasetObserved& observed);

}  // namespace visionops::core
