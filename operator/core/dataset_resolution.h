// Resolution of Dataset references: by name, or the newest Ready version of (group, split).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operator/api/pipeline.h"
#include "worker/contract/run_spec.h"

namespace visionops::core {

/// Either `pinned`, or why not: a reason of InputsReady and a message that names what is missing.
struct Resolution {
  std::optional<api::PinnedDataset> pinned;
  std::string reason;
  std::string message;
};

/// `except_pipeline` (a uid): Datasets that this Pipeline made are never its own sources by group.
Resolution resolve_dataset(const api::DatasetReference& reference, const std::vector<api::Dataset>& datasets,
                           const std::string& except_pipeline = {});

api::PinnedDataset pin(const api::Dataset& dataset);
/// With the fingerprint of that content, where the pinned Dataset is among `datasets` and still tells it.
contract::DatasetLocation location_of(const api::PinnedDataset& pinned, const std::vector<api::Dataset>& datasets);
const api::Dataset* find_dataset(const std::vector<api::Dataset>& datasets, const std::string& name);
/// Lineage from status, else from the annotation (status may not be written yet).
std::optional<api::Lineage> lineage_of(const api::Dataset& dataset);

std::string encode_lineage(const api::Lineage& lineage);
/// nullopt when the text is not a lineage: annotations can be edited by anybody.
std::optional<api::Lineage> decode_lineage(const std::string& json);

}  // namespace visionops::core
