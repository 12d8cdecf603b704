// The sources of a run as collections, with what a merge has to know of their bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/dataset/model/annotations.h"
#include "worker/pipeline/collection/collection.h"
#include "worker/pipeline/materialise/materialise.h"
#include "worker/pipeline/publish/run_pipeline.h"

namespace visionops::pipeline {

struct SourceCounts {
  std::int64_t images = 0;
  std::int64_t annotations = 0;
};

struct LoadedSources {
  std::vector<SourceFolder> folders;    ///< in the order of the run
  std::vector<Collection> collections;  ///< the same
  std::vector<SourceCounts> counts;     ///< the same
  annotations::Findings findings;
  annotations::LossReport loss;  ///< what the readers left out
};

/// Errors name the source: NotFound, Invalid, or the store's own.
Result<LoadedSources> load_sources(const contract::PipelineRun& run, const RunEnvironment& environment);

/// Fills Origin::content of images whose file has the same bytes as one of another source, as far as size and
/// first bytes tell; only these few files are read whole. A file that cannot be read stays without.
Status digest_equal_candidates(LoadedSources& sources, unsigned threads, std::stop_token stop);

}  // namespace visionops::pipeline
