#include "operator/kube/codec/write_body.h"

#include "base/json.h"

namespace visionops::kube {

namespace {

Json set(const std::string& path, Json value) { return {{"op", "add"}, {"path", path}, {"value", std::move(value)}}; }

/// An object that has moved on, or another one of the same name, does not take these: 409, and 422 for the uid.
void add_preconditions(const api::ObjectMeta& meta, Json& patch) {
  if (!meta.resource_version.empty()) patch.push_back(set("/metadata/resourceVersion", meta.resource_version));
  if (!meta.uid.empty()) patch.push_back(set("/metadata/uid", meta.uid));
}

WriteBody json_patch(const Json& patch) { return {"PATCH", "application/json-patch+json", patch.dump()}; }

/// "add" of a member that exists replaces it: what is absent here goes, which a merge could not say.
WriteBody metadata_patch(const cluster::Object& object) {
  const auto& meta = cluster::meta_of(object);
  const Json encoded = cluster::encode(object)["metadata"];
  Json patch = Json::array();
  patch.push_back(set("/metadata/labels", meta.labels));
  patch.push_back(set("/metadata/annotations", meta.annotations));
  patch.push_back(set("/metadata/finalizers", meta.finalizers));
  patch.push_back(set("/metadata/ownerReferences", encoded.value("ownerReferences", Json::array())));
  add_preconditions(meta, patch);
  return json_patch(patch);
}

/// The API server writes into Jobs and Pods (selector, tolerations, defaults), so they are never replaced.
WriteBody merge_patch(const cluster::Object& object) {
  Json patch = cluster::encode(object);
  patch.erase("status");
  patch["metadata"].erase("generation");
  return {"PATCH", "application/merge-patch+json", patch.dump()};
}

}  // namespace

WriteBody update_body(const cluster::Object& object) {
  if (std::holds_alternative<cluster::Lease>(object))
    return {"PUT", "application/json", cluster::encode(object).dump()};
  const bool filled_in = std::holds_alternative<cluster::Job>(object) || std::holds_alternative<cluster::Pod>(object);
  return filled_in ? merge_patch(object) : metadata_patch(object);
}

WriteBody status_body(const cluster::Object& object) {
  Json patch = Json::array({set("/status", cluster::encode(object).value("status", Json::object()))});
  add_preconditions(cluster::meta_of(object), patch);
  return json_patch(patch);
}

}  // namespace visionops::kube
