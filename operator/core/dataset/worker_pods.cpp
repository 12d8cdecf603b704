#include "operator/core/dataset/worker_pods.h"

#include <utility>

#include "operator/core/dataset/shared_folder.h"
#include "operator/core/dataset_resolution.h"

namespace visionops::core {

namespace {

WorkerPod make_pod(const DatasetObserved& o, const char* command, contract::RunSpec run) {
  WorkerPod pod;
  pod.image = o.platform.worker_image;
  pod.command = command;
  pod.run = std::move(run);
  pod.profile = o.dataset.spec.profile;
  pod.worker_stores = {{o.dataset.spec.store, true}};  // the report and the list of files go there
  return pod;
}

}  // namespace

std::string report_path(const api::ObjectMeta& meta) { return contract::own_folder(meta.uid) + "/eda.json"; }

WorkerPod inspection_pod(const DatasetObserved& o, const api::DatasetStatus& /*status*/) {
  contract::RunSpec run;
  run.inspect =
      contract::InspectRun{location_of(pin(o.dataset), {}), o.dataset.spec.tasks, report_path(o.dataset.meta)};
  return make_pod(o, "inspect-run", std::move(run));
}

WorkerPod removal_pod(const DatasetObserved& o, const api::DatasetStatus& /*status*/) {
  contract::RunSpec run;
  run.remove = contract::DeleteRun{location_of(pin(o.dataset), {}), shared_folder(o).keep};
  return make_pod(o, "remove-run", std::move(run));
}

}  // namespace visionops::core
