// The environment of a container that is a host process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "operator/cluster/workload.h"
#include "operator/local/kubelet/pod_folder.h"

namespace visionops::local {

/// What a Pod process inherits from ours: where programs and home are, language, threads, libraries.
/// Nothing else: our environment may hold passwords (PGPASSWORD) that no worker needs.
std::map<std::string, std::string> inherited_environment();

/// "NAME=value" lines: inherited, then the container's own, then what the node knows better because
/// there are no mounts and no Services (folders, termination log, Pod name, shard, rank and where rank 0 is, GPUs; for
/// a sidecar also its own folder, the token file and the telemetry endpoint, whose port is another one after each
/// restart).
std::vector<std::string> container_environment(const std::map<std::string, std::string>& inherited,
                                               const cluster::Pod& pod, const cluster::Container& container,
                                               const PodFolder& folder, const std::filesystem::path& stores,
                                               const std::vector<std::int32_t>& gpus, const std::string& telemetry_url);

}  // namespace visionops::local
