// Whether the Datasets of a training still have the bytes that they were Ready with: asked before the first of them is
// read, when they stand in memory, and at the end again where that did not hold all of them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "worker/contract/run_spec.h"

namespace visionops::train {

class DatasetContents {
 public:
  explicit DatasetContents(const contract::TrainRun& run);
  /// Reads files only where their listing is not the one of the time before. Errors name the field.
  Status check();
  /// What the last check found to differ, for people; empty: nothing.
  [[nodiscard]] const std::string& changed() const { return changed_; }

 private:
  std::vector<std::pair<const char*, contract::DatasetLocation>> sets_;  ///< by field, with the newest fingerprint
  std::string changed_;
};

}  // namespace visionops::train
