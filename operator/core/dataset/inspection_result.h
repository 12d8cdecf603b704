// What an inspection found, as it stands in the status of a Dataset.
#pragma once

#include "operator/api/dataset.h"
#include "worker/contract/run_result.h"

namespace visionops::core {

/// Counts, sizes, health and report; not the digest with what belongs to it, which is pinned only when the Dataset
/// becomes Ready.
void take_facts(api::DatasetStatus& status, const contract::DatasetFacts& facts, const std::string& report);

}  // namespace visionops::core
