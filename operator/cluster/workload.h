// The few Kubernetes types that VisionOps builds or reads, with the field names of Kubernetes.
// Job and Pod are projections: what is not here is neither written nor kept.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json_fwd.h"
#include "operator/api/conditions.h"
#include "operator/api/object_meta.h"
#include "operator/api/training_job.h"  // api::EnvironmentVariable

namespace visionops::cluster {

struct VolumeMount {
  std::string name;
  std::string mount_path;
  std::string sub_path;
  bool read_only = false;
  bool operator==(const VolumeMount&) const = default;
};

/// A store of the administrator that is a PersistentVolumeClaim.
struct StoreVolume {
  std::string store;
  bool operator==(const StoreVolume&) const = default;
};
struct EmptyDirVolume {
  bool memory = false;
  std::string size_limit;
  bool operator==(const EmptyDirVolume&) const = default;
};
/// Projected service account token for the telemetry audience.
struct TelemetryTokenVolume {
  bool operator==(const TelemetryTokenVolume&) const = default;
};
/// A Secret of the namespace that the kubelet mounts; nobody here reads it. It may be missing: the program in the
/// container says so at once, while a Pod that waits for a mount tells nobody why.
struct SecretVolume {
  std::string secret;
  bool operator==(const SecretVolume&) const = default;
};
/// A ConfigMap of the namespace; may be missing too.
struct ConfigMapVolume {
  std::string config_map;
  bool operator==(const ConfigMapVolume&) const = default;
};
struct Volume {
  std::string name;
  std::variant<StoreVolume, EmptyDirVolume, TelemetryTokenVolume, SecretVolume, ConfigMapVolume> source;
  bool operator==(const Volume&) const = default;
};

struct Container {
  std::string name;
  std::string image;
  std::vector<std::string> command;
  std::vector<std::string> args;
  std::vector<api::EnvironmentVariable> env;
  /// Secrets of the namespace whose keys become variables behind contract::kSecretPrefix. Without one of them the
  /// container does not start, and the kubelet says which.
  std::vector<std::string> secrets;
  std::vector<VolumeMount> mounts;
  std::map<std::string, std::string> requests;
  std::map<std::string, std::string> limits;
  bool sidecar = false;  ///< an init container with restartPolicy Always
  bool init = false;     ///< an init container that ends before the worker starts
  bool ranked = false;   ///< NODE_RANK and PET_NODE_RANK are the completion index of its Pod
};

/// Label of nodes that PodTemplate::gpu_product selects by.
inline constexpr const char* kGpuProductLabel = "nvidia.com/gpu.product";

/// In the words of Kubernetes; empty: absent.
struct Toleration {
  std::string key;
  std::string op;
  std::string value;
  std::string effect;
  std::optional<std::int64_t> seconds;
  bool operator==(const Toleration&) const = default;
};

/// Nodes are alike when they have the same value of `topology_key`; a Pod rather runs on one that is like those of
/// the Pods with all of `labels`.
struct Neighbours {
  std::string topology_key;
  std::map<std::string, std::string> labels;
  bool operator==(const Neighbours&) const = default;
};

struct PodTemplate {
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations = {};
  std::vector<Container> containers;  ///< sidecars first, then "prepare", if any, then "worker"
  std::vector<Volume> volumes;
  std::int64_t termination_grace_period_seconds = 30;
  std::string gpu_product;
  std::map<std::string, std::string> node_selector;  ///< its value wins over gpu_product
  std::vector<Toleration> tolerations;
  std::string priority_class;
  std::optional<Neighbours> neighbours;
  std::string runtime_class;   ///< of the container runtime; empty: the cluster's default
  std::string subdomain;       ///< headless Service under which the Pods of a Job find each other; empty: none
  std::string queue;           ///< Kueue LocalQueue of the Job; empty: none
  std::string queue_priority;  ///< Kueue WorkloadPriorityClass of the Job; empty: none
  std::vector<std::string> avoid_nodes;  ///< taken when no other node fits
};

struct JobSpec {
  std::int32_t completions = 1;
  std::int32_t parallelism = 1;
  bool indexed = true;
  bool suspend = false;
  std::optional<std::int64_t> active_deadline_seconds;
  std::optional<std::int64_t> ttl_seconds_after_finished;
  PodTemplate pod;
};

struct JobStatus {
  std::int32_t active = 0;
  std::int32_t succeeded = 0;
  std::int32_t failed = 0;
  bool complete = false;
  bool failed_condition = false;
  std::string reason;
  std::string message;
  std::optional<TimePoint> start_time;
  std::optional<TimePoint> completion_time;
};

/// batch/v1 Job. backoffLimit is always 0: attempts are counted by VisionOps.
struct Job {
  api::ObjectMeta meta;
  JobSpec spec;
  JobStatus status;
};

enum class PodPhase { Pending, Running, Succeeded, Failed, Unknown };

struct ContainerState {
  std::string name;
  bool running = false;
  bool terminated = false;
  std::int32_t exit_code = 0;
  std::int32_t signal = 0;
  std::string reason;   ///< waiting or terminated reason: "ImagePullBackOff", "OOMKilled", "Error"
  std::string message;  ///< termination message or the waiting message
  std::int32_t restarts = 0;
};

struct Pod {
  api::ObjectMeta meta;
  PodTemplate spec;
  PodPhase phase = PodPhase::Pending;
  std::int32_t completion_index = 0;
  std::string node;
  std::string reason;   ///< status.reason: "Evicted", "NodeLost", ...
  std::string message;  ///< the scheduler's or kubelet's own words
  bool unschedulable = false;
  bool disrupted = false;  ///< condition DisruptionTarget is true: the platform took the Pod away
  std::vector<ContainerState> containers;
  std::optional<TimePoint> start_time;
  std::string warning_reason;  ///< of the newest warning event about a Pod that does not start: "FailedMount"
  std::string warning;         ///< its words; events are read by the runtime, no Pod carries them
};

/// v1 Service without an address of its own: a name under which the selected Pods find each other, also before
/// they are ready.
struct Service {
  api::ObjectMeta meta;
  std::map<std::string, std::string> selector;
};

/// kueue.x-k8s.io Workload: what Kueue has decided about the Job that owns it. Read, never written.
struct Workload {
  api::ObjectMeta meta;
  bool active = true;  ///< false: Kueue does not admit it before somebody activates it
  std::vector<api::Condition> conditions;
};

enum class EventType { Normal, Warning };

/// What happened, for people. Never an input of a decision.
struct Event {
  EventType type = EventType::Normal;
  std::string reason;   ///< CamelCase, of the documented set
  std::string message;  ///< at most 1 KiB
};

/// coordination.k8s.io Lease for leader election.
struct Lease {
  api::ObjectMeta meta;
  std::string holder;
  std::int32_t duration_seconds = 15;
  std::optional<TimePoint> acquire_time;
  std::optional<TimePoint> renew_time;
  std::int32_t transitions = 0;
};

/// The name of the one container that is neither a sidecar nor an init container.
inline constexpr std::string_view kWorkerContainer = "worker";
/// Our init container: it lays out what a framework reads.
inline constexpr std::string_view kPrepareContainer = "prepare";
/// Of the container that does the work at present: the worker, or before it the preparation that runs or has failed.
/// nullptr: nothing is told of it.
const ContainerState* worker_state(const Pod& pod);
/// Whether the preparation has ended well; also true of a Pod without one whose worker has begun.
bool is_prepared(const Pod& pod);

}  // namespace visionops::cluster
