#include "operator/cluster/pod_codec.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "operator/cluster/json_reading.h"
#include "operator/cluster/pod_template_codec.h"

namespace visionops::cluster {

using namespace reading;

namespace {

/// Set by the Job controller on the Pods of an Indexed Job.
constexpr const char* kCompletionIndex = "batch.kubernetes.io/job-completion-index";

constexpr std::array<std::pair<PodPhase, const char*>, 5> kPhases{{{PodPhase::Pending, "Pending"},
                                                                   {PodPhase::Running, "Running"},
                                                                   {PodPhase::Succeeded, "Succeeded"},
                                                                   {PodPhase::Failed, "Failed"},
                                                                   {PodPhase::Unknown, "Unknown"}}};

const char* phase_name(PodPhase phase) {
  for (const auto& [value, name] : kPhases) {
    if (value == phase) return name;
  }
  return "Unknown";
}

/// Absent reads as Pending: a Pod that nobody has looked at yet has an empty status.
PodPhase parse_phase(const std::string& text) {
  for (const auto& [value, name] : kPhases) {
    if (text == name) return value;
  }
  return text.empty() ? PodPhase::Pending : PodPhase::Unknown;
}

std::int32_t completion_index(const api::ObjectMeta& meta) {
  const auto it = meta.annotations.find(kCompletionIndex);
  std::int32_t index = 0;
  if (it == meta.annotations.end()) return index;
  const auto& text = it->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  return error == std::errc() && end == text.data() + text.size() ? index : 0;
}

Json encode_state(const ContainerState& state) {
  Json detail = Json::object();
  if (state.terminated) {
    detail["exitCode"] = state.exit_code;
    if (state.signal != 0) detail["signal"] = state.signal;
  }
  if (!state.running) {
    put(detail, "reason", state.reason);
    put(detail, "message", state.message);
  }
  const char* kind = state.terminated ? "terminated" : state.running ? "running" : "waiting";
  return {{"name", state.name}, {"restartCount", state.restarts}, {"state", {{kind, std::move(detail)}}}};
}

ContainerState decode_state(const Json& json) {
  ContainerState out;
  out.name = text(json, "name");
  out.restarts = integer<std::int32_t>(json, "restartCount").value_or(0);
  const Json& state = at(json, "state");
  const Json& ended = at(state, "terminated");
  out.terminated = ended.is_object();
  out.running = at(state, "running").is_object();
  const Json& detail = out.terminated ? ended : at(state, "waiting");
  out.exit_code = integer<std::int32_t>(ended, "exitCode").value_or(0);
  out.signal = integer<std::int32_t>(ended, "signal").value_or(0);
  out.reason = text(detail, "reason");
  out.message = text(detail, "message");
  return out;
}

bool starts_before_the_worker(const Pod& pod, const std::string& name) {
  return std::any_of(pod.spec.containers.begin(), pod.spec.containers.end(),
                     [&](const Container& c) { return (c.sidecar || c.init) && c.name == name; });
}

Json encode_conditions(const Pod& pod) {
  Json out = Json::array();
  if (pod.unschedulable) {
    Json scheduled{{"type", "PodScheduled"}, {"status", "False"}, {"reason", "Unschedulable"}};
    put(scheduled, "message", pod.message);
    out.push_back(std::move(scheduled));
  }
  if (pod.disrupted) out.push_back({{"type", "DisruptionTarget"}, {"status", "True"}});
  return out;
}

Json encode_pod_status(const Pod& pod) {
  Json out{{"phase", phase_name(pod.phase)}};
  put(out, "reason", pod.reason);
  if (!pod.unschedulable) put(out, "message", pod.message);
  put(out, "startTime", pod.start_time);
  if (Json conditions = encode_conditions(pod); !conditions.empty()) out["conditions"] = std::move(conditions);
  for (const auto& state : pod.containers) {
    out[starts_before_the_worker(pod, state.name) ? "initContainerStatuses" : "containerStatuses"].push_back(
        encode_state(state));
  }
  return out;
}

void decode_conditions(const Json& status, Pod& out) {
  for (const auto& c : list(status, "conditions")) {
    const std::string type = text(c, "type");
    const bool unschedulable =
        type == "PodScheduled" && text(c, "status") == "False" && text(c, "reason") == "Unschedulable";
    const bool disrupted = type == "DisruptionTarget" && text(c, "status") == "True";
    if (!unschedulable && !disrupted) continue;
    (unschedulable ? out.unschedulable : out.disrupted) = true;
    if (out.message.empty()) out.message = text(c, "message");
  }
}

}  // namespace

Json encode_pod(const Pod& pod) {
  Json out{{"spec", encode_pod_spec(pod.spec)}, {"status", encode_pod_status(pod)}};
  put(out["spec"], "nodeName", pod.node);
  out["metadata"]["annotations"][kCompletionIndex] = std::to_string(pod.completion_index);
  if (!pod.spec.labels.empty()) out["metadata"]["labels"] = pod.spec.labels;
  return out;
}

Pod decode_pod(const Json& json, api::ObjectMeta meta) {
  Pod out;
  out.meta = std::move(meta);
  out.spec = decode_pod_spec(at(json, "spec"));
  out.spec.labels = out.meta.labels;
  out.completion_index = completion_index(out.meta);
  out.node = text(at(json, "spec"), "nodeName");
  const Json& status = at(json, "status");
  out.phase = parse_phase(text(status, "phase"));
  out.reason = text(status, "reason");
  out.message = text(status, "message");
  out.start_time = time(status, "startTime");
  decode_conditions(status, out);
  for (const char* key : {"initContainerStatuses", "containerStatuses"}) {
    for (const auto& state : list(status, key)) out.containers.push_back(decode_state(state));
  }
  return out;
}

}  // namespace visionops::cluster
