// The two Jobs of a Dataset: its inspection, and the removal of its files.
#pragma once

#include "operator/cluster/workload.h"
#include "operator/core/children.h"
#include "operator/core/observed.h"

namespace visionops::core {

/// Of the run and attempt in `status`; a removal is a run of its own.
ChildOf dataset_child(const api::Dataset& dataset, const api::DatasetStatus& status);
/// Of the run and attempt in `status`.
cluster::Job inspection_job(const api::Dataset& dataset, const api::DatasetStatus& status, const Platform& platform);
cluster::Job removal_job(const api::Dataset& dataset, const api::DatasetStatus& status, const Platform& platform);
/// Where the worker puts the report, inside the Dataset's store.
std::string report_path(const api::DatasetSpec& spec);

}  // namespace visionops::core
