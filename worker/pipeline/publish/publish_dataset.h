// The last step of a run: annotation files, then manifest.json, then nothing else is left.
#pragma once

#include <vector>

#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/dataset/folder/manifest.h"
#include "worker/dataset/model/annotations.h"
#include "worker/pipeline/materialise/materialise.h"
#include "worker/pipeline/plan/loss_check.h"
#include "worker/pipeline/plan/plan.h"
#include "worker/pipeline/publish/load_sources.h"
#include "worker/pipeline/publish/part.h"

namespace visionops::pipeline {

struct PublishInput {
  const contract::PipelineRun& run;
  const Plan& plan;
  const LossCheck& loss;
  const std::vector<SourceCounts>& counts;  ///< of the sources as loaded
  const annotations::Findings& findings;
  const SourceFolder& output;
  const annotations::FormatWriter& writer;  ///< of the output
};

/// Writes what all parts together make. Idempotent: shards that publish at the same time write the same
/// bytes. `parts` are all parts of the plan.
Result<dataset_folder::Manifest> publish_dataset(const PublishInput& input, const std::vector<Part>& parts);

/// Indexes of the images of the plan that a published version lacks, ascending.
std::vector<std::uint32_t> images_not_in(const dataset_folder::Manifest& manifest, const Plan& plan);

}  // namespace visionops::pipeline
