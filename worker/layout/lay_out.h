// The Datasets of a training, laid out in a folder as its framework wants them (layout_kind.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "worker/contract/exit_code.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/telemetry.h"
#include "worker/dataset/model/annotations.h"
#include "worker/layout/layout_record.h"
#include "worker/storage/storage_client.h"

namespace visionops::layout {

/// What laying out needs from its surroundings.
struct LayoutEnvironment {
  std::function<Result<std::shared_ptr<storage::StorageClient>>(const std::string& store)> open_store;
  /// Where a mounted store lies; nullopt for a bucket.
  std::function<std::optional<std::filesystem::path>(const std::string& store)> folder_of_store;
  /// Stages AnnotationProcessing and Preparing; may be empty. One call at a time, from any thread.
  std::function<void(const contract::Progress&)> progress;
  unsigned threads = 0;  ///< 0: all cores
  std::stop_token stop;
};

struct LayoutOutcome {
  contract::ExitCode code = contract::ExitCode::Done;
  std::string problem;           ///< of a code that is not Done
  std::string field;             ///< that it is about; may be empty
  LayoutRecord record;           ///< counts as far as they are known
  annotations::LossReport loss;  ///< allowed or not; empty when `reused`
  bool reused = false;           ///< an earlier start had finished it
};

/// Makes `folder`, whose parent must be there. A layout of equal content that stands there is taken as it is; anything
/// else in its place is replaced, and only by a whole one. Never throws.
///
/// Codes: InvalidInput (no such layout, or a Dataset that cannot be read), InputMissing, LossNotAllowed, QualityFailed
/// (a set without a picture, no class), ContentChanged, StorageFailure, Terminated.
LayoutOutcome lay_out(const contract::TrainRun& run, const std::filesystem::path& folder,
                      const LayoutEnvironment& environment);

}  // namespace visionops::layout
