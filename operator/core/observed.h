// What a reconciler sees: one value gathered from the store before the decision, nothing else.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "operator/cluster/cluster_api.h"
#include "operator/settings/pod_settings.h"
#include "worker/contract/store_location.h"
#include "worker/contract/telemetry.h"

namespace visionops::core {

/// A store that is a bucket. Its volumes are of the namespace of the resource.
struct S3Store {
  contract::S3Location location;
  std::string secret;         ///< Secret with the keys, mounted into Pods; empty: `location` says where they are
  std::string ca_config_map;  ///< ConfigMap with the authorities as ca.crt; empty: those of the image
};

/// Settings of the installation; the same for every decision of a process.
struct Platform {
  std::string worker_image = "visionops-worker";
  std::string worker_cuda_image = "visionops-worker-cuda";
  std::string runtime_images = {};               ///< of frameworks, see OperatorImages::runtimes
  std::vector<std::string> allowed_images = {};  ///< that spec.image may name
  std::vector<std::string> stores;               ///< declared by the administrator; empty: any name is accepted
  std::map<std::string, S3Store> s3_stores;      ///< by name; every other store is a PersistentVolumeClaim
  std::string telemetry_url;                     ///< where sidecars POST; empty: no telemetry
  std::string telemetry_ca;                      ///< PEM; empty: sidecars trust the authorities of their image
  std::string gpu_runtime_class;
  api::PodSettings pods;               ///< of every run
  std::vector<api::Profile> profiles;  ///< by spec.profile
  std::vector<std::string> secrets;    ///< that spec.secrets may name
  bool one_machine = false;            ///< no nodes to choose from and no Secrets: profile and secrets have no effect
  bool kueue = false;                  ///< Kueue admits Jobs of spec.queue; else spec.queue has no effect
  Duration retry_backoff = std::chrono::seconds(10);  ///< doubled per counted failure, at most 6 minutes
};

/// What is seen of a resource of any kind.
struct RunObserved {
  /// The cluster's own words about a child that it does not take, as long as that is so; empty: nothing is refused.
  std::string refused;
  std::vector<cluster::Job> jobs;            ///< owned by the resource
  std::vector<cluster::Pod> pods;            ///< of those Jobs
  std::vector<cluster::Pod> predecessors;    ///< Pods of a former object of this kind and name
  std::vector<cluster::Workload> workloads;  ///< what Kueue says about those Jobs
  bool namespace_ends = false;               ///< the namespace is being deleted: nothing can be created in it any more
  Platform platform;
  TimePoint now{};
};

/// Of a kind that looks at nothing but what it owns.
template <class Resource>
struct ObservedOf : RunObserved {
  Resource resource;
};

struct DatasetObserved : RunObserved {
  api::Dataset dataset;
  std::vector<api::Dataset> neighbours;  ///< of one that is being deleted: others whose folders overlap with its own
  std::vector<api::Pipeline> pipelines;  ///< that name it or have pinned it
  std::vector<api::TrainingJob> training_jobs;  ///< that name it or have pinned it
};

struct PipelineObserved : RunObserved {
  api::Pipeline pipeline;
  std::vector<api::Dataset> datasets;          ///< of the namespace: references, versions, the output
  std::vector<api::Pipeline> pipelines;        ///< others that write the same (group, split): their versions are taken
  std::optional<contract::Progress> progress;  ///< newest telemetry of the current run and attempt
};

/// The newest telemetry of one TrainingJob run, folded by telemetry/ as messages arrive.
struct TrainingTelemetry {
  std::string identity = {};  ///< of the run; empty: a sidecar of an earlier version
  std::int64_t run = 0;
  std::int32_t attempt = 0;
  std::optional<contract::Progress> progress;
  std::map<std::string, contract::MetricPoint> latest;  ///< by name
  std::optional<contract::StoredCheckpoint> checkpoint;
  std::string gpu;
  std::optional<double> seconds_per_epoch;
  TimePoint heartbeat{};
};

struct TrainingJobObserved : RunObserved {
  api::TrainingJob job;
  std::vector<api::Dataset> datasets;
  std::vector<api::TrainingJob> training_jobs;  ///< targets of resumeFrom
  std::optional<TrainingTelemetry> telemetry;
};

template <class Resource>
const Resource& resource_of(const ObservedOf<Resource>& o) {
  return o.resource;
}
inline const api::Dataset& resource_of(const DatasetObserved& o) { return o.dataset; }
inline const api::Pipeline& resource_of(const PipelineObserved& o) { return o.pipeline; }
inline const api::TrainingJob& resource_of(const TrainingJobObserved& o) { return o.job; }

}  // namespace visionops::core
