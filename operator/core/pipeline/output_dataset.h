// The Dataset resource that a Pipeline makes.
#pragma once

#include <string>

#include "operator/core/observed.h"

namespace visionops::core {

/// Not owned by the Pipeline: data outlive the recipe. Its lineage stands in an annotation.
api::Dataset output_dataset(const PipelineObserved& observed, const api::PipelineStatus& status);
api::Lineage lineage_of_run(const api::Pipeline& pipeline, const api::PipelineStatus& status);
/// Whether `dataset` came out of exactly this run of this Pipeline.
bool is_made_by(const api::Dataset& dataset, const api::Pipeline& pipeline, std::int64_t run);
/// The manipulators of a Pipeline as JSON: {"sources":[{"dataset":..,"manipulators":[..]}],"postMerge":[..]}.
std::string transform_snapshot(const api::Pipeline& pipeline, const api::PipelineStatus& status);

}  // namespace visionops::core
