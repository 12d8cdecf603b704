// How the containers of a Pod get at stores: a claim is mounted, a bucket is told of in the environment and its keys
// are mounted.
#pragma once

#include <string>
#include <vector>

#include "operator/cluster/workload.h"
#include "operator/core/observed.h"

namespace visionops::core {

inline constexpr const char* kStoresRoot = "/stores";
/// Folder NAME in it has the keys of the store NAME.
inline constexpr const char* kStoreKeysRoot = "/var/run/secrets/visionops-stores";
/// Folder NAME in it has the authorities of the store NAME.
inline constexpr const char* kStoreAuthoritiesRoot = "/etc/visionops/stores";

/// Which stores a container sees; a store named twice is writable when one of the two is.
struct StoreAccess {
  std::string store;
  bool writable = false;
};

/// Mounts and variables of a container for its stores, in a Pod of `name_space`.
void add_stores(cluster::Container& container, const std::vector<StoreAccess>& stores, const std::string& name_space,
                const Platform& platform);
/// The volumes behind the mounts of all containers, each once.
std::vector<cluster::Volume> store_volumes(const std::vector<StoreAccess>& stores, const Platform& platform);

}  // namespace visionops::core
