#include "operator/cluster/scheduling_codec.h"

#include "operator/cluster/json_reading.h"

namespace visionops::cluster {

using namespace reading;

namespace {

constexpr const char* kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";
constexpr int kWeight = 100;

/// Each name is a requirement of its own: a field selector takes one value.
Json rather_not_on(const std::vector<std::string>& nodes) {
  Json fields = Json::array();
  for (const auto& node : nodes) {
    fields.push_back({{"key", "metadata.name"}, {"operator", "NotIn"}, {"values", Json::array({node})}});
  }
  const Json term{{"weight", kWeight}, {"preference", {{"matchFields", std::move(fields)}}}};
  return {{kPreferred, Json::array({term})}};
}

std::vector<std::string> avoided_nodes(const Json& affinity) {
  std::vector<std::string> out;
  for (const auto& term : list(at(affinity, "nodeAffinity"), kPreferred)) {
    for (const auto& field : list(at(term, "preference"), "matchFields")) {
      if (text(field, "operator") != "NotIn") continue;
      for (auto& node : texts(field, "values")) out.push_back(std::move(node));
    }
  }
  return out;
}

Json near_to(const Neighbours& neighbours) {
  const Json term{{"labelSelector", {{"matchLabels", neighbours.labels}}}, {"topologyKey", neighbours.topology_key}};
  return {{kPreferred, Json::array({{{"weight", kWeight}, {"podAffinityTerm", term}}})}};
}

/// nullopt when there is no term of ours.
std::optional<Neighbours> neighbours_of(const Json& affinity) {
  for (const auto& item : list(at(affinity, "podAffinity"), kPreferred)) {
    const Json& term = at(item, "podAffinityTerm");
    return Neighbours{text(term, "topologyKey"), text_map(at(term, "labelSelector"), "matchLabels")};
  }
  return std::nullopt;
}

Json encode_toleration(const Toleration& toleration) {
  Json out = Json::object();
  put(out, "key", toleration.key);
  put(out, "operator", toleration.op);
  put(out, "value", toleration.value);
  put(out, "effect", toleration.effect);
  put(out, "tolerationSeconds", toleration.seconds);
  return out;
}

Toleration decode_toleration(const Json& json) {
  return {text(json, "key"), text(json, "operator"), text(json, "value"), text(json, "effect"),
          integer<std::int64_t>(json, "tolerationSeconds")};
}

}  // namespace

void encode_scheduling(const PodTemplate& pod, Json& spec) {
  auto selector = pod.node_selector;
  if (!pod.gpu_product.empty()) selector.try_emplace(kGpuProductLabel, pod.gpu_product);
  put(spec, "nodeSelector", selector);
  for (const auto& toleration : pod.tolerations) spec["tolerations"].push_back(encode_toleration(toleration));
  put(spec, "priorityClassName", pod.priority_class);
  if (!pod.avoid_nodes.empty()) spec["affinity"]["nodeAffinity"] = rather_not_on(pod.avoid_nodes);
  if (pod.neighbours) spec["affinity"]["podAffinity"] = near_to(*pod.neighbours);
}

void decode_scheduling(const Json& spec, PodTemplate& pod) {
  pod.node_selector = text_map(spec, "nodeSelector");
  if (auto product = pod.node_selector.extract(kGpuProductLabel)) pod.gpu_product = product.mapped();
  for (const auto& toleration : list(spec, "tolerations")) pod.tolerations.push_back(decode_toleration(toleration));
  pod.priority_class = text(spec, "priorityClassName");
  pod.avoid_nodes = avoided_nodes(at(spec, "affinity"));
  pod.neighbours = neighbours_of(at(spec, "affinity"));
}

}  // namespace visionops::cluster
