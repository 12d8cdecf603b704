#include "operator/cluster/pod_template_codec.h"

#include "operator/cluster/container_codec.h"
#include "operator/cluster/json_reading.h"
#include "operator/cluster/scheduling_codec.h"

namespace visionops::cluster {

using namespace reading;

namespace {

constexpr int kWorkerGroup = 65532;  // of images/worker.Containerfile
constexpr const char* kClaimPrefix = "visionops-store-";
constexpr const char* kStoreVolume = "store-";  // volumes of stores are named so (core/pod_stores.cpp)
constexpr const char* kTelemetryAudience = "visionops.dev/telemetry";
/// The kubelet renews a projected token at 80 % of its life; an hour is its usual length.
constexpr std::int64_t kTokenSeconds = 3600;
constexpr int kSecretMode = 0440;  // for the group of the Pod

struct VolumeSource {
  Json operator()(const StoreVolume& store) const {
    return {{"persistentVolumeClaim", {{"claimName", kClaimPrefix + store.store}}}};
  }
  Json operator()(const EmptyDirVolume& folder) const {
    Json source = Json::object();
    if (folder.memory) source["medium"] = "Memory";
    put(source, "sizeLimit", folder.size_limit);
    return {{"emptyDir", std::move(source)}};
  }
  Json operator()(const TelemetryTokenVolume&) const {
    const Json token{{"audience", kTelemetryAudience}, {"expirationSeconds", kTokenSeconds}, {"path", "token"}};
    return {{"projected", {{"sources", Json::array({{{"serviceAccountToken", token}}})}}}};
  }
  Json operator()(const SecretVolume& secret) const {
    return {{"secret", {{"secretName", secret.secret}, {"defaultMode", kSecretMode}, {"optional", true}}}};
  }
  Json operator()(const ConfigMapVolume& map) const {
    return {{"configMap", {{"name", map.config_map}, {"optional", true}}}};
  }
};

Json encode_volume(const Volume& volume) {
  Json out = std::visit(VolumeSource{}, volume.source);
  out["name"] = volume.name;
  return out;
}

/// nullopt for volumes that are not ours (admission controllers may add some).
std::optional<Volume> decode_volume(const Json& json) {
  Volume out{text(json, "name"), {}};
  const std::string claim = text(at(json, "persistentVolumeClaim"), "claimName");
  if (claim.starts_with(kClaimPrefix)) {
    out.source = StoreVolume{claim.substr(std::string(kClaimPrefix).size())};
    return out;
  }
  if (const Json& folder = at(json, "emptyDir"); folder.is_object()) {
    out.source = EmptyDirVolume{text(folder, "medium") == "Memory", text(folder, "sizeLimit")};
    return out;
  }
  const bool ours = out.name.starts_with(kStoreVolume);
  if (const Json& secret = at(json, "secret"); ours && secret.is_object()) {
    out.source = SecretVolume{text(secret, "secretName")};
    return out;
  }
  if (const Json& map = at(json, "configMap"); ours && map.is_object()) {
    out.source = ConfigMapVolume{text(map, "name")};
    return out;
  }
  for (const auto& source : list(at(json, "projected"), "sources")) {
    if (text(at(source, "serviceAccountToken"), "audience") == kTelemetryAudience) {
      out.source = TelemetryTokenVolume{};
      return out;
    }
  }
  return std::nullopt;
}

/// The group makes the files of volumes that a storage driver lays down for root writable for the images' user.
Json security_context() {
  return {{"runAsNonRoot", true},
          {"fsGroup", kWorkerGroup},
          {"fsGroupChangePolicy", "OnRootMismatch"},
          {"seccompProfile", {{"type", "RuntimeDefault"}}}};
}

}  // namespace

Json encode_pod_spec(const PodTemplate& pod) {
  Json out{{"restartPolicy", "Never"},
           {"automountServiceAccountToken", false},
           {"enableServiceLinks", false},
           {"terminationGracePeriodSeconds", pod.termination_grace_period_seconds},
           {"securityContext", security_context()},
           {"containers", Json::array()}};
  for (const auto& container : pod.containers) {
    out[container.sidecar || container.init ? "initContainers" : "containers"].push_back(encode_container(container));
  }
  for (const auto& volume : pod.volumes) out["volumes"].push_back(encode_volume(volume));
  put(out, "runtimeClassName", pod.runtime_class);
  put(out, "subdomain", pod.subdomain);
  encode_scheduling(pod, out);
  return out;
}

PodTemplate decode_pod_spec(const Json& spec) {
  PodTemplate out;
  for (const auto& container : list(spec, "initContainers"))
    out.containers.push_back(decode_container(container, true));
  for (const auto& container : list(spec, "containers")) out.containers.push_back(decode_container(container, false));
  for (const auto& json : list(spec, "volumes")) {
    if (auto volume = decode_volume(json)) out.volumes.push_back(std::move(*volume));
  }
  out.termination_grace_period_seconds =
      integer<std::int64_t>(spec, "terminationGracePeriodSeconds").value_or(out.termination_grace_period_seconds);
  out.runtime_class = text(spec, "runtimeClassName");
  out.subdomain = text(spec, "subdomain");
  decode_scheduling(spec, out);
  return out;
}

}  // namespace visionops::cluster
