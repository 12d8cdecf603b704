#include "operator/cluster/container_codec.h"

#include <algorithm>

#include "operator/cluster/json_reading.h"
#include "worker/contract/run_spec.h"
#include "worker/contract/secret_variables.h"

namespace visionops::cluster {

using namespace reading;

namespace {

Json encode_mount(const VolumeMount& mount) {
  Json out{{"name", mount.name}, {"mountPath", mount.mount_path}};
  put(out, "subPath", mount.sub_path);
  if (mount.read_only) out["readOnly"] = true;
  return out;
}

VolumeMount decode_mount(const Json& json) {
  return {text(json, "name"), text(json, "mountPath"), text(json, "subPath"), flag(json, "readOnly")};
}

/// The Pod's own name is known to nobody before it exists; the kubelet fills it in.
Json pod_name_variable() {
  return {{"name", contract::kPodNameEnv}, {"valueFrom", {{"fieldRef", {{"fieldPath", "metadata.name"}}}}}};
}

/// A worker may be done before its sidecar has started. The kubelet asks to end once, and the first process of a
/// container loses what it has not yet asked for: it would be killed when the Pod's grace is over.
constexpr const char* kAwaitStart[] = {"visionops-sidecar", "--await-start"};

/// torchrun's own name and its option's (PET_*).
constexpr const char* kRankVariables[] = {"NODE_RANK", "PET_NODE_RANK"};
constexpr const char* kIndexPath = "metadata.annotations['batch.kubernetes.io/job-completion-index']";

Json rank_variable(const char* name) {
  return {{"name", name}, {"valueFrom", {{"fieldRef", {{"fieldPath", kIndexPath}}}}}};
}

bool is_ranked(const Json& env) {
  return std::any_of(env.begin(), env.end(), [](const Json& variable) {
    return text(variable, "name") == kRankVariables[0] && !at(variable, "valueFrom").is_null();
  });
}

Json encode_environment(const std::vector<api::EnvironmentVariable>& env, bool ranked) {
  Json out = Json::array();
  bool has_pod_name = false;
  for (const auto& variable : env) {
    has_pod_name = has_pod_name || variable.name == contract::kPodNameEnv;
    out.push_back({{"name", variable.name}, {"value", variable.value}});
  }
  if (!has_pod_name) out.push_back(pod_name_variable());
  if (!ranked) return out;
  for (const char* name : kRankVariables) out.push_back(rank_variable(name));
  return out;
}

std::vector<api::EnvironmentVariable> decode_environment(const Json& json) {
  std::vector<api::EnvironmentVariable> out;
  for (const auto& variable : json) {
    // valueFrom is filled in by the platform: here and by the Job controller (JOB_COMPLETION_INDEX).
    if (at(variable, "valueFrom").is_null()) out.push_back({text(variable, "name"), text(variable, "value")});
  }
  return out;
}

Json secret_source(const std::string& secret) {
  return {{"prefix", contract::kSecretPrefix}, {"secretRef", {{"name", secret}}}};
}

std::vector<std::string> decode_secrets(const Json& sources) {
  std::vector<std::string> out;
  for (const auto& source : sources) {
    if (text(source, "prefix") == contract::kSecretPrefix) out.push_back(text(at(source, "secretRef"), "name"));
  }
  return out;
}

}  // namespace

Json encode_container(const Container& container) {
  Json out{{"name", container.name},
           {"image", container.image},
           {"env", encode_environment(container.env, container.ranked)}};
  for (const auto& secret : container.secrets) out["envFrom"].push_back(secret_source(secret));
  put(out, "command", container.command);
  put(out, "args", container.args);
  for (const auto& mount : container.mounts) out["volumeMounts"].push_back(encode_mount(mount));
  if (!container.requests.empty()) out["resources"]["requests"] = container.requests;
  if (!container.limits.empty()) out["resources"]["limits"] = container.limits;
  out["securityContext"] = {
      {"allowPrivilegeEscalation", false}, {"capabilities", {{"drop", {"ALL"}}}}, {"readOnlyRootFilesystem", true}};
  if (container.sidecar) {
    out["restartPolicy"] = "Always";
    out["lifecycle"]["preStop"]["exec"]["command"] = kAwaitStart;
  }
  return out;
}

Container decode_container(const Json& json, bool init) {
  Container out;
  out.name = text(json, "name");
  out.image = text(json, "image");
  out.command = texts(json, "command");
  out.args = texts(json, "args");
  out.env = decode_environment(list(json, "env"));
  out.ranked = is_ranked(list(json, "env"));
  out.secrets = decode_secrets(list(json, "envFrom"));
  for (const auto& mount : list(json, "volumeMounts")) out.mounts.push_back(decode_mount(mount));
  out.requests = text_map(at(json, "resources"), "requests");
  out.limits = text_map(at(json, "resources"), "limits");
  out.sidecar = init && text(json, "restartPolicy") == "Always";
  out.init = init && !out.sidecar;
  return out;
}

}  // namespace visionops::cluster
