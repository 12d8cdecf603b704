// What the administrator decides about the Pods of runs. Users only name it: spec.profile, spec.secrets. PURE.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/fields/fields.h"

namespace visionops::api {

enum class TolerationOperator { Equal, Exists };
constexpr auto names_of(TolerationOperator) {
  using enum TolerationOperator;
  return std::to_array<Named<TolerationOperator>>({{Equal, "Equal"}, {Exists, "Exists"}});
}

enum class TaintEffect { NoSchedule, PreferNoSchedule, NoExecute };
constexpr auto names_of(TaintEffect) {
  using enum TaintEffect;
  return std::to_array<Named<TaintEffect>>(
      {{NoSchedule, "NoSchedule"}, {PreferNoSchedule, "PreferNoSchedule"}, {NoExecute, "NoExecute"}});
}

/// As Kubernetes has it.
struct Toleration {
  std::string key;
  TolerationOperator op = TolerationOperator::Equal;
  std::string value;
  std::optional<TaintEffect> effect;  ///< absent: all
  std::optional<std::int64_t> toleration_seconds;
  bool operator==(const Toleration&) const = default;

  static const Table<Toleration>& fields();
};

/// Quantities of Kubernetes; empty: the operator's own.
struct Amounts {
  std::string cpu;
  std::string memory;
  std::string ephemeral_storage;

  static const Table<Amounts>& fields();
};

struct SidecarResources {
  Amounts requests;
  Amounts limits;

  static const Table<SidecarResources>& fields();
};

/// Of each worker: logs and the folder in which a trainer leaves checkpoints.
struct EphemeralStorage {
  std::string request = "1Gi";
  std::string limit = "20Gi";

  static const Table<EphemeralStorage>& fields();
};

/// Where Pods may run, and what others find on them.
struct Placement {
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
  std::map<std::string, std::string> node_selector;
  std::vector<Toleration> tolerations;
  std::string priority_class_name;

  static const Table<Placement>& fields();
};

/// Of the Pods of every run.
struct PodSettings : Placement {
  SidecarResources sidecar_resources;
  EphemeralStorage ephemeral_storage;

  static const Table<PodSettings>& fields();
};

inline constexpr const char* kDefaultGpuResource = "nvidia.com/gpu";

/// Of the Pods of runs that name it; on top of PodSettings.
struct Profile : Placement {
  std::string name;
  std::string gpu_resource = kDefaultGpuResource;
  std::string runtime_class_name;
  std::string topology_key;

  static const Table<Profile>& fields();
};

/// Requests and limits of the sidecar, with the operator's own for what `settings` leaves open.
struct SidecarAmounts {
  std::map<std::string, std::string> requests;
  std::map<std::string, std::string> limits;
};
SidecarAmounts sidecar_amounts(const SidecarResources& settings);

/// What holds between fields, and which keys are not the administrator's; `path` leads to the settings.
void check_pod_settings(const PodSettings& pods, const std::string& path, Problems& problems);
void check_profiles(const std::vector<Profile>& profiles, const std::string& path, Problems& problems);

}  // namespace visionops::api
