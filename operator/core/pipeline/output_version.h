// Which version, name and path the output of a Pipeline gets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operator/api/pipeline.h"

namespace visionops::core {

/// What is known of the versions of the output's (group, split).
struct TakenVersions {
  const std::vector<api::Dataset>& datasets;    ///< of the namespace
  const std::vector<api::Pipeline>& pipelines;  ///< versions that others have assigned but not published
  const std::vector<api::RunRecord>& runs;      ///< own earlier runs, which may have written files
  std::string self;                             ///< uid of this Pipeline, when it is among `pipelines`
};

/// spec.output.version, else the next patch version above all taken ones and `above` (may be empty);
/// the first one is v1.0.0.
api::ResolvedOutput assign_output(const api::PipelineOutput& output, const TakenVersions& taken,
                                  const std::string& above = {});

/// Whether a run may have written files under its version: then no other run takes it again.
bool may_have_written(const api::PipelineStatus& status);

/// Name of the Dataset resource: "<group>-<split>-<version>", the split in lower case.
std::string output_name(const std::string& group, Split split, const std::string& version);

}  // namespace visionops::core
