#include "operator/settings/pod_settings.h"

#include <initializer_list>
#include <utility>

#include "base/fields/field_table.h"
#include "base/quantity.h"
#include "operator/api/patterns.h"
#include "operator/api/rules.h"
#include "operator/settings/key_rules.h"

namespace visionops::api {

namespace {

constexpr std::size_t kMaxKeys = 32;
constexpr std::size_t kMaxTolerations = 32;
constexpr std::size_t kMaxAnnotation = 4096;
constexpr double kMaxTolerationSeconds = 365.0 * 24 * 3600;
constexpr const char* kResourcePattern =
    "^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";
constexpr const char* kResourceWords = "must be the name of an extended resource, with its domain: nvidia.com/gpu";
constexpr const char* kCpu = "cpu";
constexpr const char* kMemory = "memory";
constexpr const char* kStorage = "ephemeral-storage";

template <class T>
Field<T> amount(const char* name, std::string T::*member, const char* doc) {
  return field(name, member, doc).max_length(32).pattern(kQuantityPattern, kQuantityWords);
}

}  // namespace

const Table<Toleration>& Toleration::fields() {
  static const Table<Toleration> table{
      field("key", &Toleration::key, "Key of the taint. Absent with operator Exists: every taint.")
          .default_text("any")
          .max_length(kMaxKey)
          .pattern(kKeyPattern, kKeyWords),
      field("operator", &Toleration::op, "Equal: key and value are those of the taint. Exists: the key is enough."),
      field("value", &Toleration::value, "Value of the taint, for operator Equal.")
          .default_text("empty")
          .max_length(kMaxLabelValue)
          .pattern(kLabelValuePattern, kLabelValueWords),
      field("effect", &Toleration::effect, "Effect of the taint.").default_text("any"),
      field("tolerationSeconds", &Toleration::toleration_seconds, "How long a taint with NoExecute is tolerated.")
          .unit("seconds")
          .default_text("for ever")
          .range(0, kMaxTolerationSeconds),
  };
  return table;
}

const Table<Amounts>& Amounts::fields() {
  static const Table<Amounts> table{
      quantity_field<Amounts, &Amounts::cpu>("cpu", "CPU.").default_text("the operator's own"),
      quantity_field<Amounts, &Amounts::memory>("memory", "Memory.").default_text("the operator's own"),
      quantity_field<Amounts, &Amounts::ephemeral_storage>("ephemeral-storage", "Disk of the node.")
          .default_text("the operator's own"),
  };
  return table;
}

const Table<SidecarResources>& SidecarResources::fields() {
  static const Table<SidecarResources> table{
      field("requests", &SidecarResources::requests, "Requests: 10m, 16Mi and 64Mi of disk where absent."),
      field("limits", &SidecarResources::limits, "Limits: 100m, 64Mi and 256Mi of disk where absent."),
  };
  return table;
}

const Table<EphemeralStorage>& EphemeralStorage::fields() {
  static const Table<EphemeralStorage> table{
      amount("request", &EphemeralStorage::request,
             "What the scheduler sets aside and a quota counts. \"0\" where kubelets do not count the disk of a node "
             "(localStorageCapacityIsolation: false): no node would offer any.")
          .always()
          .min_length(1),
      amount("limit", &EphemeralStorage::limit,
             "What a worker may fill before the kubelet ends its Pod; the bound of the folder for checkpoints too.")
          .always()
          .min_length(1)
          .rule(kPositiveQuantityRule, kPositiveQuantityWords,
                [](const EphemeralStorage& s) { return is_positive_quantity(s.limit); }),
  };
  return table;
}

const Table<Placement>& Placement::fields() {
  static const Table<Placement> table{
      field("labels", &Placement::labels, "Labels of the Pods. Those of the operator cannot be set.")
          .default_text("none")
          .max_properties(kMaxKeys)
          .keys(kKeyPattern, kKeyWords)
          .items(kMaxLabelValue, kLabelValuePattern, kLabelValueWords)
          .example("{cost-centre: vision}"),
      field("annotations", &Placement::annotations,
            "Annotations of the Pods. Those of the operator and those that loosen a container cannot be set.")
          .default_text("none")
          .max_properties(kMaxKeys)
          .keys(kKeyPattern, kKeyWords)
          .items(kMaxAnnotation)
          .example("{karpenter.sh/do-not-disrupt: \"true\"}"),
      field("nodeSelector", &Placement::node_selector, "Labels that a node must have.")
          .default_text("any node")
          .max_properties(kMaxKeys)
          .keys(kKeyPattern, kKeyWords)
          .items(kMaxLabelValue, kLabelValuePattern, kLabelValueWords)
          .example("{kubernetes.io/arch: amd64}"),
      field("tolerations", &Placement::tolerations, "Taints of nodes that do not keep the Pods away.")
          .default_text("none")
          .max_items(kMaxTolerations),
      field("priorityClassName", &Placement::priority_class_name,
            "PriorityClass of the Pods: who goes first and who gives way, without Kueue.")
          .default_text("the cluster's default")
          .max_length(253)
          .pattern(kNamePattern, kNameWords)
          .example("batch"),
  };
  return table;
}

const Table<PodSettings>& PodSettings::fields() {
  static const auto table =
      Table<PodSettings>{
          field("sidecarResources", &PodSettings::sidecar_resources,
                "What the sidecar is given, for a LimitRange that wants another ratio."),
          field("ephemeralStorage", &PodSettings::ephemeral_storage, "Disk of the node for each worker."),
      }
          .extends(Placement::fields());
  return table;
}

const Table<Profile>& Profile::fields() {
  static const auto table =
      Table<Profile>{
          field("name", &Profile::name, "Name that resources use as spec.profile.")
              .required()
              .max_length(63)
              .pattern(kLabelPattern, kLabelWords)
              .example("mig-1g"),
          field("gpuResource", &Profile::gpu_resource, "Resource that spec.resources.gpus counts.")
              .always()
              .max_length(kMaxKey)
              .pattern(kResourcePattern, kResourceWords)
              .example("nvidia.com/mig-1g.10gb"),
          field("runtimeClassName", &Profile::runtime_class_name, "RuntimeClass of the Pods, with and without GPUs.")
              .default_text("gpu.runtimeClassName for Pods with GPUs, else the cluster's default")
              .max_length(253)
              .pattern(kNamePattern, kNameWords)
              .example("nvidia"),
          field("topologyKey", &Profile::topology_key,
                "Label of nodes: the Pods of a training on several nodes rather run where its value is the same.")
              .default_text("anywhere")
              .max_length(kMaxKey)
              .pattern(kKeyPattern, kKeyWords)
              .example("topology.kubernetes.io/zone"),
      }
          .extends(Placement::fields());
  return table;
}

SidecarAmounts sidecar_amounts(const SidecarResources& settings) {
  const auto filled = [](const Amounts& amounts, const Amounts& own) {
    const auto or_own = [](const std::string& amount, const std::string& other) {
      return amount.empty() ? other : amount;
    };
    return std::map<std::string, std::string>{
        {kCpu, or_own(amounts.cpu, own.cpu)},
        {kMemory, or_own(amounts.memory, own.memory)},
        {kStorage, or_own(amounts.ephemeral_storage, own.ephemeral_storage)},
    };
  };
  return {filled(settings.requests, {"10m", "16Mi", "64Mi"}), filled(settings.limits, {"100m", "64Mi", "256Mi"})};
}

namespace {

void check_keys(const std::map<std::string, std::string>& map, const std::string& path, Problems& problems) {
  for (const auto& [key, value] : map) {
    if (const auto why = why_reserved(key)) problems.push_back({path + "." + key, *why});
  }
}

/// As the API server validates a Pod.
void check_toleration(const Toleration& t, const std::string& path, Problems& problems) {
  if (t.key.empty() && t.op == TolerationOperator::Equal) {
    problems.push_back({path + ".operator", "must be Exists without a key"});
  }
  if (!t.value.empty() && t.op == TolerationOperator::Exists) {
    problems.push_back({path + ".value", "must be absent with operator Exists"});
  }
  if (t.toleration_seconds && t.effect != TaintEffect::NoExecute) {
    problems.push_back({path + ".tolerationSeconds", "is for effect NoExecute only"});
  }
}

void check_placement(const Placement& placement, const std::string& path, Problems& problems) {
  check_keys(placement.labels, path + ".labels", problems);
  check_keys(placement.annotations, path + ".annotations", problems);
  for (std::size_t i = 0; i < placement.tolerations.size(); ++i) {
    check_toleration(placement.tolerations[i], path + ".tolerations[" + std::to_string(i) + "]", problems);
  }
}

void check_order(const std::string& request, const std::string& limit, const std::string& path, Problems& problems) {
  const auto least = parse_quantity_milli(request);
  const auto most = parse_quantity_milli(limit);
  if (least && most && *least <= *most) return;
  problems.push_back({path, request + " is more than the limit of " + limit});
}

}  // namespace

void check_pod_settings(const PodSettings& pods, const std::string& path, Problems& problems) {
  check_placement(pods, path, problems);
  check_order(pods.ephemeral_storage.request, pods.ephemeral_storage.limit, path + ".ephemeralStorage.request",
              problems);
  const auto sidecar = sidecar_amounts(pods.sidecar_resources);
  for (const auto& [resource, request] : sidecar.requests) {
    check_order(request, sidecar.limits.at(resource), path + ".sidecarResources.requests." + resource, problems);
  }
}

void check_profiles(const std::vector<Profile>& profiles, const std::string& path, Problems& problems) {
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    const std::string at = path + "[" + std::to_string(i) + "]";
    check_placement(profiles[i], at, problems);
    if (profiles[i].gpu_resource.starts_with("kubernetes.io/")) {
      problems.push_back({at + ".gpuResource", kResourceWords});
    }
  }
}

}  // namespace visionops::api
