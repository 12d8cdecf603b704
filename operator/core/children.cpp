#include "operator/core/children.h"

#include "base/digest.h"
#include "base/names.h"
#include "operator/core/reconcile.h"

namespace visionops::core {

namespace {

/// The host name of a Pod is the name of its Job with "-" and the index of the Pod, and must be a DNS label: the
/// API server refuses an Indexed Job whose last Pod (at most the 256th) would not have one.
constexpr std::size_t kMaxJobName = 63 - 4;

std::string short_name(const std::string& kind) {
  if (kind == "Dataset") return "vds";
  return kind == "Pipeline" ? "vpl" : "vtj";
}

}  // namespace

std::string job_name(const ChildOf& child) {
  return child_name(child.owner.name,
                    short_name(child.kind) + "-r" + std::to_string(child.run) + "-a" + std::to_string(child.attempt),
                    kMaxJobName);
}

std::string service_name(const ChildOf& child) {
  return child_name(short_name(child.kind) + "-" + child.owner.name, "pods");
}

std::string label_value(const std::string& name) {
  constexpr std::size_t kMaxLabel = 63;
  if (name.size() <= kMaxLabel) return name;
  return child_name(name, sha256_hex(name).substr(0, 8), kMaxLabel);
}

std::map<std::string, std::string> child_labels(const ChildOf& child) {
  return {
      {std::string(kOwnerKindLabel), child.kind},
      {std::string(kOwnerNameLabel), label_value(child.owner.name)},
      {std::string(kOwnerUidLabel), child.owner.uid},
      {std::string(kRunLabel), std::to_string(child.run)},
      {std::string(kAttemptLabel), std::to_string(child.attempt)},
      {"app.kubernetes.io/name", "visionops"},
      {"app.kubernetes.io/instance", label_value(child.owner.name)},
      {"app.kubernetes.io/component", "worker"},
      {"app.kubernetes.io/managed-by", "visionops"},
  };
}

api::ObjectMeta child_meta(const ChildOf& child) {
  api::ObjectMeta meta;
  meta.name = job_name(child);
  meta.namespace_ = child.owner.namespace_;
  meta.labels = child_labels(child);
  meta.owner_references = {{std::string(api::kApiVersion), child.kind, child.owner.name, child.owner.uid, true, true}};
  return meta;
}

}  // namespace visionops::core
