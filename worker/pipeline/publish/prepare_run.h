// What a pipeline run decides before its first write.
#pragma once

#include <vector>

#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/dataset/model/annotations.h"
#include "worker/pipeline/materialise/materialise.h"
#include "worker/pipeline/plan/chain.h"
#include "worker/pipeline/plan/loss_check.h"
#include "worker/pipeline/plan/plan.h"
#include "worker/pipeline/publish/load_sources.h"
#include "worker/pipeline/publish/run_pipeline.h"

namespace visionops::pipeline {

/// Everything before the first write: a function of the sources and the run, equal on every shard.
struct PreparedRun {
  std::vector<SourceFolder> folders;
  std::vector<SourceCounts> counts;
  annotations::Findings findings;
  std::vector<StepLog> log;
  LossCheck loss;
  const annotations::FormatWriter* writer = nullptr;  ///< of the output, which check_run has found
  Plan plan;
};

/// Whether the run can be done at all: Invalid for an output that has no writer, or that overlaps with a source.
Status check_run(const contract::PipelineRun& run);

/// Loads, folds and plans a run that check_run has passed. Errors as of load_sources and fold_chain; a loss is none, it
/// stands in the value.
Result<PreparedRun> prepare_run(const contract::PipelineRun& run, const RunEnvironment& environment);

}  // namespace visionops::pipeline
