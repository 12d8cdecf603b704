// Folds the manipulators of a run over the annotations of its sources. PURE: no pixel is touched.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/format_writer.h"
#include "worker/pipeline/collection/collection.h"

namespace visionops::pipeline {

struct ChainCounts {
  std::size_t images = 0;
  std::size_t objects = 0;
  std::size_t classes = 0;
  bool operator==(const ChainCounts&) const = default;
};

/// What one step did, for --explain, the log and the manifest.
struct StepLog {
  std::string where;  ///< "sources[0].manipulators[1]", "postMerge[0] on scanner-a", "postMerge (implied)"
  std::string manipulator;
  std::string version;
  std::string params;  ///< JSON text
  ChainCounts before, after;
  std::vector<std::string> notes;
};

struct Chain {
  Collection collection;
  std::vector<StepLog> log;
  annotations::Findings findings;
  annotations::LossReport loss;  ///< of format conversions inside the chain
};

/// Steps of a source run on that source; steps of post_merge run on every collection until merge_datasets
/// made one of them. Several sources without merge_datasets are merged before the first post_merge step.
/// `sources` stand in the order of run.sources; `writer_of` is the table of formats, for conversions inside the chain.
/// Invalid names the step when a call is wrong.
Result<Chain> fold_chain(const contract::PipelineRun& run, std::vector<Collection> sources,
                         annotations::WriterOf writer_of);

}  // namespace visionops::pipeline
