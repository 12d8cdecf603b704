// Small resources and children for the tests of the runtime.
#pragma once

#include <string>

#include "operator/cluster/cluster_api.h"
#include "operator/core/reconcile.h"

namespace visionops::runtime {

inline api::Dataset dataset(const std::string& name, const std::string& group = "street") {
  api::Dataset d;
  d.meta.name = name;
  d.meta.namespace_ = "default";
  d.spec.group = group;
  d.spec.split = Split::Train;
  d.spec.version = "v1.0.0";
  d.spec.tasks = {Task::Detection};
  d.spec.store = "datasets";
  return d;
}

inline cluster::Job job_of(const api::ObjectMeta& owner, const std::string& kind, const std::string& name) {
  cluster::Job job;
  job.meta.name = name;
  job.meta.namespace_ = owner.namespace_;
  job.meta.labels = {{std::string(core::kOwnerKindLabel), kind},
                     {std::string(core::kOwnerNameLabel), owner.name},
                     {std::string(core::kOwnerUidLabel), owner.uid}};
  job.meta.owner_references = {{std::string(api::kApiVersion), kind, owner.name, owner.uid, true, true}};
  cluster::Container worker;
  worker.name = std::string(cluster::kWorkerContainer);
  worker.image = "visionops-worker";
  worker.command = {"visionops-worker"};
  job.spec.pod.containers = {worker};
  job.spec.pod.labels = job.meta.labels;
  return job;
}

/// The same object as the cluster would show it at this version.
template <class T>
T at(T object, const std::string& uid, int version) {
  object.meta.uid = uid;
  object.meta.resource_version = std::to_string(version);
  return object;
}

}  // namespace visionops::runtime
