// The workers of a Dataset: of its inspection, and of the removal of its files.
#pragma once

#include <string>

#include "operator/core/observed.h"
#include "operator/core/pod_template.h"

namespace visionops::core {

WorkerPod inspection_pod(const DatasetObserved& observed, const api::DatasetStatus& status);
/// Of the files that are in no other Dataset's folder.
WorkerPod removal_pod(const DatasetObserved& observed, const api::DatasetStatus& status);
/// Where the worker puts the report: in the platform's folder of the Dataset's store, apart from the data.
std::string report_path(const api::ObjectMeta& meta);

}  // namespace visionops::core
