#include "operator/core/grants.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "operator/core/pod_placement.h"
#include "operator/core/run/steps.h"
#include "operator/core/stores.h"

namespace visionops::core {

namespace {

Refusal not_granted(std::string_view why, std::string message) { return {std::string(why), std::move(message)}; }

std::string known(const std::string& names) { return names.empty() ? "there are none" : "there are: " + names; }

std::string item_of(const char* field, std::size_t place) {
  return std::string(field) + "[" + std::to_string(place) + "]";
}

}  // namespace

std::optional<Refusal> refuse_profile(const Platform& platform, const std::string& profile) {
  if (profile.empty() || platform.one_machine || find_profile(platform, profile)) return std::nullopt;
  return not_granted(reason::kUnknownProfile, "spec.profile: the administrator declares no profile \"" + profile +
                                                  "\"; " + known(join(platform.profiles, ", ", &api::Profile::name)));
}

std::optional<Refusal> refuse_secrets(const Platform& platform, const std::vector<std::string>& secrets) {
  if (platform.one_machine) return std::nullopt;
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    if (std::ranges::find(platform.secrets, secrets[i]) != platform.secrets.end()) continue;
    return not_granted(reason::kSecretNotAllowed, item_of("spec.secrets", i) +
                                                      ": the administrator lets no training take \"" + secrets[i] +
                                                      "\" as environment; " + known(join(platform.secrets)));
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_mounts(const Platform& platform, const std::vector<std::string>& mounts) {
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    const std::string path = item_of("spec.mounts", i);
    if (auto why = refuse_unknown_store(platform, mounts[i], path)) return why;
    if (!platform.s3_stores.contains(mounts[i])) continue;
    return not_granted(reason::kStoreNotMountable,
                       path + ": store \"" + mounts[i] + "\" is a bucket, and no folder that a program could read");
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_gpu_product(const Platform& platform, const std::string& profile,
                                          const std::string& product) {
  if (product.empty() || platform.one_machine) return std::nullopt;
  cluster::PodTemplate pod;
  WorkerPod worker;
  worker.profile = profile;
  place(pod, worker, platform);
  const auto chosen = pod.node_selector.find(cluster::kGpuProductLabel);
  if (chosen == pod.node_selector.end() || chosen->second == product) return std::nullopt;
  return not_granted(reason::kUnsupportedResources,
                     "spec.resources.gpuProduct: the administrator's settings choose nodes with " + chosen->second +
                         ", asked for " + product);
}

Next start_when_granted(const Pass& p, const std::optional<Refusal>& why) {
  if (!why) return Next::Continue;
  stop_jobs(p);
  if (p.status.attempt == 0) {
    fail(p, why->reason, why->message);
  } else {
    progress(p, api::Phase::Pending, why->reason, why->message);
  }
  return Next::Stop;
}

std::string without_effect(const Platform& platform, const std::string& profile,
                           const std::vector<std::string>& secrets) {
  if (!platform.one_machine || (profile.empty() && secrets.empty())) return {};
  const char* what = secrets.empty()   ? "spec.profile has"
                     : profile.empty() ? "spec.secrets has"
                                       : "spec.profile and spec.secrets have";
  return std::string("; ") + what + " no effect on one machine";
}

}  // namespace visionops::core
