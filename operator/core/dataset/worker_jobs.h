// The two Jobs of a Dataset: its inspection, and the removal of its files.
#pragma once

#include <string>
#include <vector>

#include "operator/cluster/workload.h"
#include "operator/core/children.h"
#include "operator/core/observed.h"
#include "worker/contract/run_spec.h"

namespace visionops::core {

/// Of the run and attempt in `status`; a removal is a run of its own.
ChildOf dataset_child(const api::Dataset& dataset, const api::DatasetStatus& status);
/// Of the run and attempt in `status`.
cluster::Job inspection_job(const api::Dataset& dataset, const api::DatasetStatus& status, const Platform& platform);
/// Of the files that lie in none of the folders of `keep`.
cluster::Job removal_job(const api::Dataset& dataset, const api::DatasetStatus& status, const Platform& platform,
                         std::vector<contract::KeptFolder> keep);
/// Where the worker puts the report: in the platform's folder of the Dataset's store, apart from the data.
std::string report_path(const api::ObjectMeta& meta);

}  // namespace visionops::core
