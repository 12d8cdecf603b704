// Jobs and Pods of all kinds: one worker container, optionally the telemetry sidecar, the stores they
// use and the folder they share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "operator/cluster/workload.h"
#include "operator/core/children.h"
#include "operator/core/observed.h"
#include "operator/core/pod_stores.h"
#include "worker/contract/run_spec.h"

namespace visionops::core {

inline constexpr const char* kTelemetryTokenFile = "/var/run/secrets/visionops/token";

/// What a kind says of the workers of an attempt; everything else is the same for all.
struct WorkerPod {
  std::string image;
  std::string command;  ///< subcommand of visionops-worker; empty: a framework's, which visionops-exec starts
  contract::RunSpec run;
  std::vector<StoreAccess> worker_stores;
  bool sidecar = false;
  std::vector<StoreAccess> sidecar_stores;
  std::string cpu;     ///< empty: 1
  std::string memory;  ///< empty: 1Gi
  std::int32_t gpus = 0;
  std::string gpu_product;
  std::string shared_memory;                         ///< size of /dev/shm; empty: the node's default
  std::vector<api::EnvironmentVariable> env;         ///< of the user
  std::int32_t pods = 1;                             ///< of the Job, at least one
  std::optional<std::int64_t> silence_seconds = {};  ///< of a framework: then it is asked for its stacks and ended
  bool together = false;                             ///< they find each other by name (PET_*, MASTER_ADDR)
  std::string queue = {};                            ///< Kueue lets the Job run; without Kueue it has no effect
  std::string queue_priority = {};
  std::vector<std::string> avoid_nodes = {};  ///< taken when no other node fits
  std::string profile = {};                   ///< of the administrator; one that is gone has no effect
  std::vector<std::string> secrets = {};      ///< of the namespace, as environment of the worker
};

/// With the name, labels and owner of the attempt.
cluster::Job make_job(const ChildOf& child, WorkerPod pod, const Platform& platform);
/// The name under which Pods that work together find each other: one for all attempts. nullopt when there is one Pod.
std::optional<cluster::Service> peers_service(const ChildOf& child, const WorkerPod& pod);

}  // namespace visionops::core
