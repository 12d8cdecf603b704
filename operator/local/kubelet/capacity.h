// What the one node of the embedded cluster can run at once: cores, GPUs and a number of Pods.
// Memory is not rationed: the machine is shared with its user, and the kernel has the last word.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "operator/cluster/workload.h"

namespace visionops::local {

/// Of all containers together; a container without requests asks for its limits, as in Kubernetes.
struct PodRequest {
  std::int64_t cpu_milli = 0;
  std::int64_t gpus = 0;
};
PodRequest request_of(const cluster::PodTemplate& pod);

class Capacity {
 public:
  Capacity(std::int64_t cpu_milli, std::int32_t gpus);
  /// The scheduler's words, for example "0/1 nodes are available: insufficient cpu (8 of 2 cores
  /// requested)"; nullopt when the Pod fits now.
  [[nodiscard]] std::optional<std::string> why_not(const PodRequest& request) const;
  /// Precondition: it fits. Returns the indexes of the GPUs it got.
  std::vector<std::int32_t> take(const std::string& uid, const PodRequest& request);
  void release(const std::string& uid);

 private:
  struct Share {
    std::int64_t cpu_milli;
    std::vector<std::int32_t> gpus;
  };
  /// There is no bigger node to wait for: a Pod that asks for more cores than the machine has gets all
  /// of them, alone.
  [[nodiscard]] std::int64_t cpu_share(const PodRequest& request) const;

  std::int64_t cpu_milli_;
  std::int64_t free_cpu_milli_;
  std::int64_t gpus_;
  std::vector<std::int32_t> free_gpus_;  ///< sorted
  std::map<std::string, Share> shares_;
};

/// Counts /dev/nvidia0, /dev/nvidia1, ...
std::int32_t count_gpus();

}  // namespace visionops::local
