// What `visionops run` says at its end.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "operator/assembly/data_folder.h"
#include "operator/cluster/cluster_api.h"
#include "operator/present/settlement.h"

namespace visionops::commands {

/// The tree of what there is now.
void print_result(const std::vector<cluster::Object>& objects);

/// A line for each resource that is not done, with the folder that it is about, and one for each alike at the end.
void print_failures(const std::vector<cluster::ObjectKey>& keys, const std::vector<Settlement>& states,
                    const std::vector<cluster::Object>& objects, const std::filesystem::path& data);

/// Commands that work as they stand: by the name that this program was called by.
void print_hints(const DataFolder& folder, const std::vector<cluster::ObjectKey>& keys);

}  // namespace visionops::commands
