#include "operator/cluster/job_codec.h"

#include "operator/cluster/json_reading.h"
#include "operator/cluster/pod_template_codec.h"

namespace visionops::cluster {

using namespace reading;

namespace {

/// Kueue reads these from the Job, never from its Pods.
constexpr const char* kQueueLabel = "kueue.x-k8s.io/queue-name";
constexpr const char* kQueuePriorityLabel = "kueue.x-k8s.io/priority-class";

/// A queue takes a Job back by suspending it. The Job controller does not count how its Pods end then, but it
/// does hold them against this policy: a rule about exit codes would fail the Job of every preempted trainer.
/// Without that rule a failed Pod fails the Job all the same, by its backoffLimit of 0.
Json failure_policy(bool queued) {
  const Json disrupted{{"action", "FailJob"},
                       {"onPodConditions", Json::array({{{"type", "DisruptionTarget"}, {"status", "True"}}})}};
  if (queued) return {{"rules", Json::array({disrupted})}};
  const Json exited{
      {"action", "FailJob"},
      {"onExitCodes", {{"containerName", kWorkerContainer}, {"operator", "NotIn"}, {"values", Json::array({0})}}}};
  return {{"rules", Json::array({disrupted, exited})}};
}

Json encode_spec(const JobSpec& spec) {
  Json out{{"completions", spec.completions},
           {"parallelism", spec.parallelism},
           {"completionMode", spec.indexed ? "Indexed" : "NonIndexed"},
           {"backoffLimit", 0},
           {"podFailurePolicy", failure_policy(!spec.pod.queue.empty())},
           {"suspend", spec.suspend}};
  put(out, "activeDeadlineSeconds", spec.active_deadline_seconds);
  put(out, "ttlSecondsAfterFinished", spec.ttl_seconds_after_finished);
  out["template"]["spec"] = encode_pod_spec(spec.pod);
  if (!spec.pod.labels.empty()) out["template"]["metadata"]["labels"] = spec.pod.labels;
  if (!spec.pod.annotations.empty()) out["template"]["metadata"]["annotations"] = spec.pod.annotations;
  return out;
}

JobSpec decode_spec(const Json& json) {
  JobSpec out;
  out.completions = integer<std::int32_t>(json, "completions").value_or(1);
  out.parallelism = integer<std::int32_t>(json, "parallelism").value_or(1);
  out.indexed = text(json, "completionMode") == "Indexed";
  out.suspend = flag(json, "suspend");
  out.active_deadline_seconds = integer<std::int64_t>(json, "activeDeadlineSeconds");
  out.ttl_seconds_after_finished = integer<std::int64_t>(json, "ttlSecondsAfterFinished");
  const Json& pod = at(json, "template");
  out.pod = decode_pod_spec(at(pod, "spec"));
  out.pod.labels = text_map(at(pod, "metadata"), "labels");
  out.pod.annotations = text_map(at(pod, "metadata"), "annotations");
  return out;
}

Json condition(const char* type, const JobStatus& status) {
  Json out{{"type", type}, {"status", "True"}};
  put(out, "reason", status.reason);
  put(out, "message", status.message);
  return out;
}

Json encode_job_status(const JobStatus& status) {
  Json out = Json::object();
  if (status.active != 0) out["active"] = status.active;
  if (status.succeeded != 0) out["succeeded"] = status.succeeded;
  if (status.failed != 0) out["failed"] = status.failed;
  put(out, "startTime", status.start_time);
  put(out, "completionTime", status.completion_time);
  if (status.complete) out["conditions"].push_back(condition("Complete", status));
  if (status.failed_condition) out["conditions"].push_back(condition("Failed", status));
  return out;
}

JobStatus decode_status(const Json& json) {
  JobStatus out;
  out.active = integer<std::int32_t>(json, "active").value_or(0);
  out.succeeded = integer<std::int32_t>(json, "succeeded").value_or(0);
  out.failed = integer<std::int32_t>(json, "failed").value_or(0);
  out.start_time = time(json, "startTime");
  out.completion_time = time(json, "completionTime");
  for (const auto& c : list(json, "conditions")) {
    const std::string type = text(c, "type");
    if (text(c, "status") != "True" || (type != "Complete" && type != "Failed")) continue;
    (type == "Complete" ? out.complete : out.failed_condition) = true;
    out.reason = text(c, "reason");
    out.message = text(c, "message");
  }
  return out;
}

}  // namespace

Json encode_job(const Job& job) {
  Json out{{"spec", encode_spec(job.spec)}};
  const auto& pod = job.spec.pod;
  if (!pod.queue.empty()) out["metadata"]["labels"][kQueueLabel] = pod.queue;
  if (!pod.queue_priority.empty()) out["metadata"]["labels"][kQueuePriorityLabel] = pod.queue_priority;
  if (Json status = encode_job_status(job.status); !status.empty()) out["status"] = std::move(status);
  return out;
}

Job decode_job(const Json& json, api::ObjectMeta meta) {
  Job out{std::move(meta), decode_spec(at(json, "spec")), decode_status(at(json, "status"))};
  if (const auto queue = out.meta.labels.find(kQueueLabel); queue != out.meta.labels.end()) {
    out.spec.pod.queue = queue->second;
  }
  if (const auto priority = out.meta.labels.find(kQueuePriorityLabel); priority != out.meta.labels.end()) {
    out.spec.pod.queue_priority = priority->second;
  }
  return out;
}

}  // namespace visionops::cluster
