// Whether the sources of a run still have the bytes that their Datasets were Ready with: asked before anything is read,
// and again before a shard says that it is done, for what was read in between.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/run_spec.h"
#include "worker/pipeline/publish/run_pipeline.h"

namespace visionops::pipeline {

class SourceContents {
 public:
  explicit SourceContents(const contract::PipelineRun& run);
  /// Reads files only where their listing is not the one of the time before. Errors name the source.
  Status check(const RunEnvironment& environment);
  /// What the last check found to differ, for people; empty: nothing.
  [[nodiscard]] const std::string& changed() const { return changed_; }

 private:
  std::vector<contract::DatasetLocation> sources_;  ///< with the newest fingerprint that had the digest
  std::string changed_;
};

}  // namespace visionops::pipeline
