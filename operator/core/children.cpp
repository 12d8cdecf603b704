#include "operator/core/children.h"

#include <algorithm>

#include "base/digest.h"
#include "base/names.h"
#include "operator/cluster/kinds.h"
#include "operator/core/reconcile.h"

namespace visionops::core {

namespace {

/// The host name of a Pod is the name of its Job with "-" and the index of the Pod, and must be a DNS label: the
/// API server refuses an Indexed Job whose last Pod (at most the 256th) would not have one.
constexpr std::size_t kMaxJobName = 63 - 4;

std::string short_name(const std::string& kind) {
  const auto known = cluster::kind_named(kind);
  return std::string(known ? cluster::row_of(*known).short_name : std::string_view());
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
  std::map<std::string, std::string> labels{
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
  if (!child.identity.empty()) labels.emplace(kIdentityLabel, child.identity);
  return labels;
}

bool is_of(const cluster::Job& job, const ChildOf& child) {
  const auto& owners = job.meta.owner_references;
  // Without any owner the labels decide; with one, it must be this very object.
  const bool owned = owners.empty() || std::any_of(owners.begin(), owners.end(), [&](const api::OwnerReference& o) {
                       return o.uid == child.owner.uid;
                     });
  const auto labels = child_labels(child);
  const auto agrees = [&](std::string_view name) {
    const auto want = labels.find(std::string(name));
    const auto have = job.meta.labels.find(std::string(name));
    return want == labels.end() || have == job.meta.labels.end() || want->second == have->second;
  };
  return owned && agrees(kOwnerUidLabel) && agrees(kRunLabel) && agrees(kAttemptLabel) && agrees(kIdentityLabel);
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
