#include "operator/kube/codec/rest_path.h"

namespace visionops::kube {

namespace {

using cluster::Kind;

struct Resource {
  std::string_view prefix;  ///< of group and version
  std::string_view plural;
  std::string_view kind;
};

Resource resource_of(Kind kind) {
  switch (kind) {
    case Kind::Dataset:
      return {"/apis/visionops.dev/v1alpha1", "datasets", "Dataset"};
    case Kind::Pipeline:
      return {"/apis/visionops.dev/v1alpha1", "pipelines", "Pipeline"};
    case Kind::TrainingJob:
      return {"/apis/visionops.dev/v1alpha1", "trainingjobs", "TrainingJob"};
    case Kind::Job:
      return {"/apis/batch/v1", "jobs", "Job"};
    case Kind::Pod:
      return {"/api/v1", "pods", "Pod"};
    case Kind::Lease:
      return {"/apis/coordination.k8s.io/v1", "leases", "Lease"};
    case Kind::Service:
      return {"/api/v1", "services", "Service"};
    case Kind::Workload:
      return {"/apis/kueue.x-k8s.io/v1beta2", "workloads", "Workload"};
  }
  return {};
}

}  // namespace

std::string percent_encode(const std::string& text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += kHex[u >> 4];
      out += kHex[u & 15];
    }
  }
  return out;
}

std::string kind_name(Kind kind) { return std::string(resource_of(kind).kind); }

std::string api_version(Kind kind) {
  const std::string_view prefix = resource_of(kind).prefix;
  return std::string(prefix.substr(prefix.find('/', 1) + 1));
}

std::string collection_path(Kind kind, const std::string& namespace_) {
  const Resource r = resource_of(kind);
  std::string path(r.prefix);
  if (!namespace_.empty()) path += "/namespaces/" + percent_encode(namespace_);
  return path + "/" + std::string(r.plural);
}

std::string object_path(const cluster::ObjectKey& key, const std::string& subresource) {
  const std::string path = collection_path(key.kind, key.namespace_) + "/" + percent_encode(key.name);
  return subresource.empty() ? path : path + "/" + subresource;
}

std::string label_selector(const std::map<std::string, std::string>& labels) {
  std::string out;
  for (const auto& [key, value] : labels) out += (out.empty() ? "" : ",") + key + "=" + value;
  return percent_encode(out);
}

}  // namespace visionops::kube
