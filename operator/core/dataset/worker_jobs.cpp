#include "operator/core/dataset/worker_jobs.h"

#include <utility>

#include "operator/core/pod_template.h"
#include "operator/core/run_identity.h"

namespace visionops::core {

namespace {

contract::DatasetLocation location_of(const api::Dataset& dataset) {
  contract::DatasetLocation out;
  out.name = dataset.meta.name;
  out.store = dataset.spec.store;
  out.path = api::dataset_path(dataset.spec);
  out.format = dataset.spec.format;
  out.split = dataset.spec.split;
  out.version = dataset.spec.version;
  out.digest = dataset.status.digest;
  out.uid = dataset.meta.uid;
  return out;
}

cluster::Job make_job(const api::Dataset& dataset, const api::DatasetStatus& status, const Platform& platform,
                      const char* command, contract::RunSpec run) {
  const ChildOf child = dataset_child(dataset, status);
  WorkerPod pod;
  pod.image = platform.worker_image;
  pod.command = command;
  pod.run = std::move(run);
  pod.run.owner = run_owner(child);
  pod.worker_stores = {{dataset.spec.store, true}};  // the report and the list of files go there
  cluster::Job job;
  job.meta = child_meta(child);
  job.spec.pod = build_pod(pod, child, platform);
  return job;
}

}  // namespace

ChildOf dataset_child(const api::Dataset& dataset, const api::DatasetStatus& status) {
  return {"Dataset", dataset.meta, status.run, status.attempt, run_identity(dataset.meta, status)};
}

std::string report_path(const api::ObjectMeta& meta) { return contract::own_folder(meta.uid) + "/eda.json"; }

cluster::Job inspection_job(const api::Dataset& dataset, const api::DatasetStatus& status, const Platform& platform) {
  contract::RunSpec run;
  run.inspect = contract::InspectRun{location_of(dataset), dataset.spec.tasks, report_path(dataset.meta)};
  return make_job(dataset, status, platform, "inspect-run", std::move(run));
}

cluster::Job removal_job(const api::Dataset& dataset, const api::DatasetStatus& status, const Platform& platform,
                         std::vector<contract::KeptFolder> keep) {
  contract::RunSpec run;
  run.remove = contract::DeleteRun{location_of(dataset), std::move(keep)};
  return make_job(dataset, status, platform, "remove-run", std::move(run));
}

}  // namespace visionops::core
