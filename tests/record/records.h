// Records as the operator makes them, for the tests of the history.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "operator/core/record.h"

namespace visionops::record {

/// A Ready Dataset of group `group`, split Train.
core::DatasetRecord dataset(const std::string& name, const std::string& group, const std::string& version = "v1.0.0");
/// As other resources refer to it.
api::PinnedDataset pinned(const core::DatasetRecord& record);
/// A Fusion Dataset that run `run` of the Pipeline "fuse" made of `parents`.
core::DatasetRecord derived(const std::string& name, const std::vector<api::PinnedDataset>& parents,
                            std::int64_t run = 1, const std::string& version = "v1.0.0");
core::PipelineRecord pipeline(std::int64_t run, api::Phase phase, const std::string& resource_version);
core::TrainingRecord training(std::int64_t run, api::Phase phase, const std::string& resource_version);
/// Points loss@first..last of attempt `attempt`.
core::TelemetryRecord telemetry(std::int64_t run, std::int32_t attempt, std::int64_t sequence, std::int64_t first,
                                std::int64_t last);
core::TelemetryRecord pipeline_progress(std::int64_t run, const std::string& pod, std::int64_t sequence,
                                        std::int64_t done, std::int64_t total);

}  // namespace visionops::record
