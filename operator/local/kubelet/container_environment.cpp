#include "operator/local/kubelet/container_environment.h"

#include <cstdlib>

#include "base/text.h"
#include "worker/contract/pod_folders.h"
#include "worker/contract/run_spec.h"

namespace visionops::local {
namespace {

constexpr const char* kInherited[] = {"PATH",           "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "OMP_NUM_THREADS",
                                      "LD_LIBRARY_PATH"};

/// What is nobody else's.
void add_sidecar(std::map<std::string, std::string>& variables, const PodFolder& folder,
                 const std::string& telemetry_url) {
  variables[contract::kSidecarDirEnv] = folder.sidecar();
  variables[contract::kTelemetryTokenFileEnv] = folder.token();
  if (!telemetry_url.empty()) variables[contract::kTelemetryUrlEnv] = telemetry_url;
}

}  // namespace

std::map<std::string, std::string> inherited_environment() {
  std::map<std::string, std::string> out;
  for (const char* name : kInherited) {
    if (const char* value = std::getenv(name)) out[name] = value;
  }
  return out;
}

std::vector<std::string> container_environment(const std::map<std::string, std::string>& inherited,
                                               const cluster::Pod& pod, const cluster::Container& container,
                                               const PodFolder& folder, const std::filesystem::path& stores,
                                               const std::vector<std::int32_t>& gpus,
                                               const std::string& telemetry_url) {
  auto variables = inherited;
  for (const auto& variable : container.env) variables[variable.name] = variable.value;
  variables[contract::kStoresEnv] = stores;
  variables[contract::kPodDirEnv] = folder.volume();
  variables[contract::kAnswersDirEnv] = folder.answers();
  variables[contract::kTerminationLogEnv] = folder.termination(container.name);
  if (container.sidecar) add_sidecar(variables, folder, telemetry_url);
  variables[contract::kPodNameEnv] = pod.meta.name;
  variables[contract::kShardEnv] = std::to_string(pod.completion_index);
  if (!pod.spec.subdomain.empty()) variables["MASTER_ADDR"] = variables["PET_MASTER_ADDR"] = "127.0.0.1";
  if (container.ranked) {
    variables["NODE_RANK"] = variables["PET_NODE_RANK"] = std::to_string(pod.completion_index);
  }
  // Empty hides all: a Pod that asked for no GPU must not take one from a Pod that did.
  variables["CUDA_VISIBLE_DEVICES"] = join(gpus, ",", [](std::int32_t gpu) { return std::to_string(gpu); });
  std::vector<std::string> lines;
  for (const auto& [name, value] : variables) lines.push_back(name + "=" + value);
  return lines;
}

}  // namespace visionops::local
