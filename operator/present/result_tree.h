// What a run has produced, as a tree for people: datasets with versions and counts, their lineage,
// the trained models with their metrics. PURE.
#pragma once

#include <string>
#include <vector>

#include "operator/cluster/cluster_api.h"

namespace visionops::commands {

std::vector<std::string> result_tree(const std::vector<cluster::Object>& objects);

}  // namespace visionops::commands
