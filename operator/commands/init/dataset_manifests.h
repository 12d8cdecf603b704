// What stands in a folder, as manifests of Datasets. PURE.
#pragma once

#include <string>

#include "base/json_fwd.h"
#include "base/result.h"

namespace visionops::commands {

/// Where the folder is, and what its Datasets are called.
struct NewDatasets {
  std::string group;
  std::string version;
  std::string store;
  std::string path;  ///< of the folder inside the store
};

/// "My Data_v2" -> "my-data-v2": a DNS label of at most `most` characters; "dataset" when nothing is left.
std::string label_of(const std::string& name, std::size_t most);

/// YAML documents, one for each split of `found` (what `visionops-worker inspect --splits --json` prints), with
/// comments for what was seen; a split that cannot be read is a comment alone. Invalid, with the field, for what no
/// Dataset could say: a folder's name, a version.
Result<std::string> dataset_manifests(const NewDatasets& datasets, const Json& found);

}  // namespace visionops::commands
