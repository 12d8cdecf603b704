#include "operator/core/pod_placement.h"

#include <algorithm>

#include "operator/core/reconcile.h"

namespace visionops::core {

namespace {

cluster::Toleration toleration_of(const api::Toleration& t) {
  return {t.key, std::string(enum_name(t.op)), t.value, t.effect ? std::string(enum_name(*t.effect)) : "",
          t.toleration_seconds};
}

/// What is there already stays.
void add_what_is_new(std::map<std::string, std::string>& to, const std::map<std::string, std::string>& from) {
  to.insert(from.begin(), from.end());
}

void add_what_is_new(std::vector<cluster::Toleration>& to, const std::vector<api::Toleration>& from) {
  for (const auto& toleration : from) {
    auto one = toleration_of(toleration);
    if (std::ranges::find(to, one) == to.end()) to.push_back(std::move(one));
  }
}

void add_what_is_new(cluster::PodTemplate& pod, const api::Placement& placement) {
  add_what_is_new(pod.labels, placement.labels);
  add_what_is_new(pod.annotations, placement.annotations);
  add_what_is_new(pod.node_selector, placement.node_selector);
  add_what_is_new(pod.tolerations, placement.tolerations);
  if (pod.priority_class.empty()) pod.priority_class = placement.priority_class_name;
}

/// Pods of one attempt.
std::map<std::string, std::string> attempt_labels(const std::map<std::string, std::string>& labels) {
  std::map<std::string, std::string> out;
  for (const auto label : {kOwnerUidLabel, kRunLabel, kAttemptLabel}) {
    if (const auto it = labels.find(std::string(label)); it != labels.end()) out.insert(*it);
  }
  return out;
}

}  // namespace

const api::Profile* find_profile(const Platform& platform, const std::string& name) {
  const auto it = std::ranges::find(platform.profiles, name, &api::Profile::name);
  return platform.one_machine || it == platform.profiles.end() ? nullptr : &*it;
}

std::string gpu_resource(const Platform& platform, const std::string& profile) {
  const auto* chosen = find_profile(platform, profile);
  return chosen ? chosen->gpu_resource : api::kDefaultGpuResource;
}

void place(cluster::PodTemplate& pod, const WorkerPod& worker, const Platform& platform) {
  if (const auto* profile = find_profile(platform, worker.profile)) {
    add_what_is_new(pod, *profile);
    if (!profile->runtime_class_name.empty()) pod.runtime_class = profile->runtime_class_name;
    if (!profile->topology_key.empty() && worker.together && worker.pods > 1) {
      pod.neighbours = cluster::Neighbours{profile->topology_key, attempt_labels(pod.labels)};
    }
  }
  add_what_is_new(pod, platform.pods);
}

}  // namespace visionops::core
