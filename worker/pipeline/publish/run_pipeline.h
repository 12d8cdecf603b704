// A whole pipeline run of one shard: load, fold, plan, write, publish.
//
// The output folder while a run is under way:
//   .visionops/plan                 digest of the plan that owns the folder
//   .visionops/part-0-of-2.json     what shard 0 wrote and skipped, when it is done
//   images/, labels/                whole files of the plan
// The shard that finds all parts writes annotation.json or data.yaml, then manifest.json, which makes the
// version exist, and removes .visionops. Killed at any moment, the same call goes on where it was.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "worker/contract/exit_code.h"
#include "worker/contract/run_result.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/telemetry.h"
#include "worker/dataset/model/annotations.h"
#include "worker/storage/storage_client.h"

namespace visionops::pipeline {

/// What a run needs from its surroundings.
struct RunEnvironment {
  /// By the name of a store in the run; storage::open_store in a Pod.
  std::function<Result<std::shared_ptr<storage::StorageClient>>(const std::string& store)> open_store;
  /// One call at a time, from any thread; may be empty. Stages AnnotationProcessing, ImageWriting, Publishing.
  std::function<void(const contract::Progress&)> progress;
  std::int32_t shard = 0;  ///< 0 <= shard < run.shards
  unsigned threads = 0;    ///< 0: all cores
  std::stop_token stop;
};

struct RunOutcome {
  contract::ExitCode code = contract::ExitCode::Done;
  contract::RunResult result;
  annotations::LossReport loss;    ///< allowed or not
  annotations::Findings findings;  ///< of the sources and of the chain
};

/// Never throws. Nothing is written when the run is refused (codes 2 to 6).
RunOutcome run_pipeline(const contract::PipelineRun& run, const RunEnvironment& environment);

/// The text of --explain; writes nothing. Ok also when a loss is not allowed: the text says so.
Result<std::string> explain_pipeline(const contract::PipelineRun& run, const RunEnvironment& environment,
                                     std::size_t max_images);

}  // namespace visionops::pipeline
