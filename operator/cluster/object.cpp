// Any object of the cluster: its kind, its key, and its way to JSON and back.
#include <algorithm>
#include <array>

#include "base/field_table.h"
#include "operator/cluster/cluster_api.h"
#include "operator/cluster/job_codec.h"
#include "operator/cluster/json_reading.h"
#include "operator/cluster/lease_codec.h"
#include "operator/cluster/pod_codec.h"
#include "operator/cluster/service_codec.h"
#include "operator/cluster/workload_codec.h"

namespace visionops::cluster {

namespace {

struct KindName {
  Kind kind;
  const char* name;
  const char* api_version;
};

/// In the order of the alternatives of Object.
constexpr std::array<KindName, 8> kKinds{{{Kind::Dataset, "Dataset", "visionops.dev/v1alpha1"},
                                          {Kind::Pipeline, "Pipeline", "visionops.dev/v1alpha1"},
                                          {Kind::TrainingJob, "TrainingJob", "visionops.dev/v1alpha1"},
                                          {Kind::Job, "Job", "batch/v1"},
                                          {Kind::Pod, "Pod", "v1"},
                                          {Kind::Lease, "Lease", "coordination.k8s.io/v1"},
                                          {Kind::Workload, "Workload", "kueue.x-k8s.io/v1beta2"},
                                          {Kind::Service, "Service", "v1"}}};
static_assert(std::variant_size_v<Object> == kKinds.size());

const KindName& name_of(Kind kind) {
  return *std::find_if(kKinds.begin(), kKinds.end(), [kind](const KindName& k) { return k.kind == kind; });
}

struct Encode {
  template <class Custom>
  Json operator()(const Custom& object) const {
    return api::encode(object);
  }
  Json operator()(const Job& job) const { return with_envelope(Kind::Job, job.meta, encode_job(job)); }
  Json operator()(const Pod& pod) const { return with_envelope(Kind::Pod, pod.meta, encode_pod(pod)); }
  Json operator()(const Lease& lease) const { return with_envelope(Kind::Lease, lease.meta, encode_lease(lease)); }
  Json operator()(const Service& service) const {
    return with_envelope(Kind::Service, service.meta, encode_service(service));
  }
  Json operator()(const Workload& workload) const {
    return with_envelope(Kind::Workload, workload.meta, encode_workload(workload));
  }

 private:
  /// What the codec put into metadata (a queue, an index) stands beside what the object has.
  static Json with_envelope(Kind kind, const api::ObjectMeta& meta, Json body) {
    Json metadata = encode_fields(meta);
    if (body.contains("metadata")) metadata.merge_patch(body["metadata"]);
    body["metadata"] = std::move(metadata);
    body["apiVersion"] = name_of(kind).api_version;
    body["kind"] = name_of(kind).name;
    return body;
  }
};

/// Other writers' keys are ignored; what does not read is absent.
api::ObjectMeta tolerant_meta(const Json& json) {
  return decode_tolerant<api::ObjectMeta>(reading::at(json, "metadata"));
}

Object decode_kind(Kind kind, const Json& json) {
  switch (kind) {
    case Kind::Dataset:
      return api::decode_dataset(json);
    case Kind::Pipeline:
      return api::decode_pipeline(json);
    case Kind::TrainingJob:
      return api::decode_training_job(json);
    case Kind::Job:
      return decode_job(json, tolerant_meta(json));
    case Kind::Pod:
      return decode_pod(json, tolerant_meta(json));
    case Kind::Lease:
      return decode_lease(json, tolerant_meta(json));
    case Kind::Workload:
      return decode_workload(json, tolerant_meta(json));
    case Kind::Service:
      break;
  }
  return decode_service(json, tolerant_meta(json));
}

}  // namespace

std::string to_string(const ObjectKey& key) {
  std::string out = name_of(key.kind).name;
  out += ' ';
  if (!key.namespace_.empty()) out += key.namespace_ + "/";
  return out + key.name;
}

Kind kind_of(const Object& object) { return kKinds[object.index()].kind; }

api::ObjectMeta& meta_of(Object& object) {
  return std::visit([](auto& typed) -> api::ObjectMeta& { return typed.meta; }, object);
}
const api::ObjectMeta& meta_of(const Object& object) {
  return std::visit([](const auto& typed) -> const api::ObjectMeta& { return typed.meta; }, object);
}

ObjectKey key_of(const Object& object) {
  const auto& meta = meta_of(object);
  return {kind_of(object), meta.namespace_, meta.name};
}

Json encode(const Object& object) { return std::visit(Encode{}, object); }

Result<Object> decode_object(const Json& json) {
  const std::string kind = reading::text(json, "kind");
  if (kind.empty()) return invalid_error("kind: is required");
  const auto known = std::find_if(kKinds.begin(), kKinds.end(), [&](const KindName& k) { return kind == k.name; });
  if (known == kKinds.end()) {
    return invalid_error("kind: " + quoted(kind) + " is not one of Dataset, Pipeline, TrainingJob");
  }
  if (reading::text(reading::at(json, "metadata"), "name").empty()) {
    return invalid_error(kind + ": metadata.name: is required");
  }
  return decode_kind(known->kind, json);
}

const ContainerState* worker_state(const Pod& pod) {
  const auto it = std::find_if(pod.containers.begin(), pod.containers.end(),
                               [](const ContainerState& c) { return c.name == kWorkerContainer; });
  return it == pod.containers.end() ? nullptr : &*it;
}

}  // namespace visionops::cluster
