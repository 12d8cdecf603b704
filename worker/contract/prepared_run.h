// What the init step of a framework's run found and made, for the program that starts the framework (decision 0026):
// $VISIONOPS_POD_DIR/prepared.json, written whole by `visionops-worker prepare`.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/fields/fields.h"
#include "base/result.h"
#include "worker/contract/run_result.h"

namespace visionops::contract {

inline constexpr const char* kPreparedFile = "prepared.json";
/// The folder of the Pod that the framework is started in, below $VISIONOPS_POD_DIR.
inline constexpr const char* kJobFolder = "job";

/// What the init step makes in it: the Datasets as the framework wants them, and the checkpoint to go on from.
inline constexpr std::array<std::string_view, 2> kPreparedFolders{"data", "resume"};

/// Paths are absolute, as the framework's container sees them: stores and the Pod's folder are mounted equally there.
struct PreparedRun {
  std::string data;                     ///< the layout of the Datasets, for {data}; empty: the runtime wants none
  std::int32_t classes = 0;             ///< of all Datasets together, for {classes}
  std::string checkpoint;               ///< a file or an unpacked folder, for {checkpoint}; empty: starts from nothing
  std::int32_t resumed_from_epoch = 0;  ///< epochs that `checkpoint` has behind it; 0: none, or another run's weights
  /// The best model of this run until now, as it lies in the store: it stays the model unless a better one comes.
  std::optional<StoredCheckpoint> best;
  std::map<std::string, double> best_metrics;  ///< of its epoch
  std::string weights;                         ///< for {weights}; empty: none were asked for
  /// The run had ended before, and only its result is missing: this one, nothing is to be started.
  std::optional<TrainFacts> finished;

  static const Table<PreparedRun>& fields();
};

std::string encode(const PreparedRun& prepared);
/// Invalid names the fields that are wrong.
Result<PreparedRun> decode_prepared_run(const std::string& text);

}  // namespace visionops::contract
