// Tells who asks a data folder that nobody works on it.
#pragma once

#include <optional>
#include <vector>

#include "operator/assembly/folder_cluster.h"
#include "operator/present/standstill.h"

namespace visionops::commands {

/// Nothing while a process works on the folder.
std::optional<Standstill> standstill_of(const FolderCluster& cluster, const DataFolder& folder);

/// The note about what is left over of `objects`, on stderr: what is printed for programs stays as it is.
void tell_standstill(const std::optional<Standstill>& standstill, const std::vector<cluster::Object>& objects);
/// Of all resources of the cluster.
void tell_standstill(FolderCluster& cluster, const DataFolder& folder);

}  // namespace visionops::commands
