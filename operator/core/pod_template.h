// Pods of the three kinds: one worker container, optionally the telemetry sidecar, the stores they
// use and the folder they share.
#pragma once

#include <string>
#include <vector>

#include "operator/cluster/workload.h"
#include "operator/core/children.h"
#include "operator/core/observed.h"
#include "operator/core/pod_stores.h"
#include "worker/contract/run_spec.h"

namespace visionops::core {

inline constexpr const char* kTelemetryTokenFile = "/var/run/secrets/visionops/token";
inline constexpr const char* kGpuResource = "nvidia.com/gpu";

struct WorkerPod {
  std::string image;
  std::string command;  ///< subcommand of visionops-worker
  contract::RunSpec run;
  std::vector<StoreAccess> worker_stores;
  bool sidecar = false;
  std::vector<StoreAccess> sidecar_stores;
  std::string cpu;     ///< empty: 1
  std::string memory;  ///< empty: 1Gi
  std::int32_t gpus = 0;
  std::string gpu_product;
  std::string shared_memory;                  ///< size of /dev/shm; empty: the node's default
  std::vector<api::EnvironmentVariable> env;  ///< of the user
  std::int32_t nodes = 1;                     ///< Pods that work together
};

cluster::PodTemplate build_pod(const WorkerPod& pod, const ChildOf& child, const Platform& platform);
/// The owner of a run, as the worker and telemetry know it.
contract::RunOwner run_owner(const ChildOf& child);

}  // namespace visionops::core
