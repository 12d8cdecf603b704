// The shapes that a real API server expects and sends.
#include <gtest/gtest.h>

#include "base/json.h"
#include "operator/cluster/cluster_api.h"
#include "tests/unit/cluster/workload_samples.h"

namespace visionops::cluster {
namespace {

Pod pod_of(const char* text) {
  auto object = decode_object(Json::parse(text));
  EXPECT_TRUE(object);
  return std::get<Pod>(*object);
}

TEST(JobShape, IsAnIndexedJobThatNeverRetriesByItself) {
  const Json job = encode(Object(sample_job()));
  EXPECT_EQ(job["apiVersion"], "batch/v1");
  EXPECT_EQ(job["metadata"]["labels"]["kueue.x-k8s.io/queue-name"], "team-a");
  EXPECT_EQ(job["metadata"]["labels"]["kueue.x-k8s.io/priority-class"], "urgent");
  const Json& spec = job["spec"];
  EXPECT_EQ(spec["completionMode"], "Indexed");
  EXPECT_EQ(spec["backoffLimit"], 0);
  EXPECT_EQ(spec["template"]["metadata"]["labels"]["visionops.dev/name"], "detector");
  EXPECT_EQ(spec["template"]["spec"]["restartPolicy"], "Never");
}

TEST(JobShape, HasNoRuleAboutExitCodesInAQueueThatMayStopIt) {
  const auto rules = [](const Job& job) { return encode(Object(job))["spec"]["podFailurePolicy"]["rules"]; };
  Job job = sample_job();
  ASSERT_EQ(rules(job).size(), 1U);
  EXPECT_TRUE(rules(job)[0].contains("onPodConditions"));
  job.spec.pod.queue.clear();
  EXPECT_EQ(rules(job).size(), 2U);
}

TEST(JobShape, GivesThePodsOfSeveralNodesANameAndARank) {
  Job job = sample_job();
  job.spec.pod.subdomain = "vtj-detector-pods";
  job.spec.pod.containers[1].ranked = true;
  const Json pod = encode(Object(job))["spec"]["template"]["spec"];
  EXPECT_EQ(pod["subdomain"], "vtj-detector-pods");
  EXPECT_EQ(pod["containers"][0]["env"].back(), Json::parse(R"({"name":"PET_NODE_RANK","valueFrom":{"fieldRef":
              {"fieldPath":"metadata.annotations['batch.kubernetes.io/job-completion-index']"}}})"));
  const auto back = std::get<Job>(*decode_object(encode(Object(job))));
  EXPECT_EQ(back.spec.pod.subdomain, job.spec.pod.subdomain);
  EXPECT_TRUE(back.spec.pod.containers[1].ranked);
  EXPECT_FALSE(back.spec.pod.containers[0].ranked);
}

TEST(WorkloadShape, ReadsWhatKueueHasDecided) {
  const auto object = decode_object(Json::parse(R"({"apiVersion":"kueue.x-k8s.io/v1beta2","kind":"Workload",
    "metadata":{"name":"job-a","namespace":"default"},"spec":{"active":false,"podSets":[{"name":"main"}]},
    "status":{"conditions":[{"type":"Evicted","status":"True","reason":"Preempted","message":"for another",
      "lastTransitionTime":"2026-11-21T02:00:00Z"},"nonsense"]}})"));
  ASSERT_TRUE(object);
  const auto& workload = std::get<Workload>(*object);
  EXPECT_FALSE(workload.active);
  ASSERT_GE(workload.conditions.size(), 1U);
  EXPECT_EQ(workload.conditions[0].reason, "Preempted");
  EXPECT_TRUE(api::is_true(workload.conditions, "Evicted"));
  EXPECT_TRUE(std::get<Workload>(*decode_object(Json::parse(R"({"kind":"Workload","metadata":{"name":"b"}})"))).active);
}

TEST(JobShape, HasNativeSidecarsAndStoresAsClaims) {
  const Json pod = encode(Object(sample_job()))["spec"]["template"]["spec"];
  ASSERT_EQ(pod["initContainers"].size(), 1U);
  ASSERT_EQ(pod["containers"].size(), 1U);
  EXPECT_EQ(pod["initContainers"][0]["restartPolicy"], "Always");
  EXPECT_FALSE(pod["containers"][0].contains("restartPolicy"));
  EXPECT_EQ(pod["volumes"], Json::parse(R"([
    {"name":"store-datasets","persistentVolumeClaim":{"claimName":"visionops-store-datasets"}},
    {"name":"pod","emptyDir":{}},
    {"name":"shm","emptyDir":{"medium":"Memory","sizeLimit":"2Gi"}},
    {"name":"token","projected":{"sources":[{"serviceAccountToken":
      {"audience":"visionops.dev/telemetry","expirationSeconds":3600,"path":"token"}}]}},
    {"name":"store-keys-archive","secret":{"secretName":"vision-s3","defaultMode":288,"optional":true}},
    {"name":"store-ca-archive","configMap":{"name":"vision-ca","optional":true}}])"));
  EXPECT_EQ(pod["nodeSelector"],
            Json::parse(R"({"kubernetes.io/arch":"amd64","nvidia.com/gpu.product":"NVIDIA-H200"})"));
  EXPECT_EQ(pod["containers"][0]["volumeMounts"][0],
            Json::parse(R"({"name":"store-datasets","mountPath":"/stores/datasets","readOnly":true})"));
}

TEST(JobShape, LetsTheKubeletFillInThePodName) {
  const Json env = encode(Object(sample_job()))["spec"]["template"]["spec"]["containers"][0]["env"];
  EXPECT_EQ(env.back(),
            Json::parse(R"({"name":"VISIONOPS_POD_NAME","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}})"));
  Job job = sample_job();
  job.spec.pod.containers[1].env.push_back({"VISIONOPS_POD_NAME", "fixed"});
  const Json given = encode(Object(job))["spec"]["template"]["spec"]["containers"][0]["env"];
  EXPECT_EQ(given.back()["value"], "fixed");
}

// https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
TEST(JobShape, PassesPodSecurityRestricted) {
  const Json pod = encode(Object(sample_job()))["spec"]["template"]["spec"];
  EXPECT_EQ(pod["securityContext"]["runAsNonRoot"], true);
  EXPECT_EQ(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
  EXPECT_EQ(pod["automountServiceAccountToken"], false);
  for (const char* key : {"hostNetwork", "hostPID", "hostIPC"}) EXPECT_FALSE(pod.contains(key));
  for (const char* list : {"initContainers", "containers"}) {
    for (const auto& container : pod[list]) {
      const Json& context = container["securityContext"];
      EXPECT_EQ(context["allowPrivilegeEscalation"], false);
      EXPECT_EQ(context["capabilities"], Json::parse(R"({"drop":["ALL"]})"));
      EXPECT_EQ(context["readOnlyRootFilesystem"], true);
    }
  }
  for (const auto& volume : pod["volumes"]) EXPECT_FALSE(volume.contains("hostPath"));
}

TEST(PodShape, TellsWhyItIsNotScheduledInTheSchedulersWords) {
  const Pod pod = pod_of(R"({"kind":"Pod","metadata":{"name":"a"},"status":{"phase":"Pending","conditions":[
    {"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes: insufficient nvidia.com/gpu"}]}})");
  EXPECT_TRUE(pod.unschedulable);
  EXPECT_EQ(pod.message, "0/3 nodes: insufficient nvidia.com/gpu");
  const Json json = encode(Object(pod));
  EXPECT_EQ(json["status"]["conditions"][0]["message"], pod.message);
  EXPECT_FALSE(json["status"].contains("message"));
  EXPECT_FALSE(pod_of(R"({"kind":"Pod","metadata":{"name":"a"},"status":{"conditions":[
    {"type":"PodScheduled","status":"False","reason":"SchedulingGated","message":"x"}]}})")
                   .unschedulable);
}

TEST(PodShape, KnowsADisruptionByThePlatform) {
  const Pod pod = pod_of(R"({"kind":"Pod","metadata":{"name":"a"},"status":{"phase":"Failed","conditions":[
    {"type":"DisruptionTarget","status":"True","reason":"EvictionByEvictionAPI","message":"drained"}]}})");
  EXPECT_TRUE(pod.disrupted);
  EXPECT_EQ(pod.message, "drained");
  EXPECT_FALSE(pod_of(R"({"kind":"Pod","metadata":{"name":"a"},"status":{"conditions":[
    {"type":"DisruptionTarget","status":"False"}]}})")
                   .disrupted);
}

TEST(PodShape, ReadsWaitingRunningAndTerminatedContainers) {
  const Pod pod = pod_of(R"({"kind":"Pod","metadata":{"name":"a"},"spec":{"nodeName":"n"},
    "status":{"phase":"Running","startTime":"2026-11-21T02:34:40Z",
      "initContainerStatuses":[{"name":"sidecar","restartCount":1,"state":{"running":{"startedAt":"2026-11-21T02:34:41Z"}}}],
      "containerStatuses":[{"name":"worker","restartCount":0,"state":{"waiting":
        {"reason":"ImagePullBackOff","message":"not found"}}}]}})");
  ASSERT_EQ(pod.containers.size(), 2U);
  EXPECT_TRUE(pod.containers[0].running);
  EXPECT_FALSE(pod.containers[1].running);
  EXPECT_FALSE(pod.containers[1].terminated);
  EXPECT_EQ(pod.containers[1].reason, "ImagePullBackOff");
  EXPECT_EQ(pod.start_time, parse_time("2026-11-21T02:34:40Z"));
}

TEST(PodShape, AStatusNobodyWroteYetIsPending) {
  EXPECT_EQ(pod_of(R"({"kind":"Pod","metadata":{"name":"a"}})").phase, PodPhase::Pending);
  EXPECT_EQ(pod_of(R"({"kind":"Pod","metadata":{"name":"a"},"status":{"phase":"Newer"}})").phase, PodPhase::Unknown);
}

TEST(PodShape, LeavesOutVolumesAndVariablesThatOthersInjected) {
  const Pod pod = pod_of(R"({"kind":"Pod","metadata":{"name":"a"},"spec":{
    "volumes":[{"name":"kube-api-access","projected":{"sources":[{"serviceAccountToken":{"path":"token"}}]}},
               {"name":"cfg","configMap":{"name":"x"}},{"name":"vault","secret":{"secretName":"y"}}],
    "initContainers":[{"name":"setup"}],
    "containers":[{"name":"worker","env":[{"name":"JOB_COMPLETION_INDEX","valueFrom":{"fieldRef":{"fieldPath":"x"}}},
                                           {"name":"A","value":"b"}]}]}})");
  EXPECT_TRUE(pod.spec.volumes.empty());
  ASSERT_EQ(pod.spec.containers.size(), 2U);
  EXPECT_FALSE(pod.spec.containers[0].sidecar);
  ASSERT_EQ(pod.spec.containers[1].env.size(), 1U);
  EXPECT_EQ(pod.spec.containers[1].env[0].name, "A");
}

TEST(PodShape, ACompletionIndexThatIsNoNumberIsZero) {
  EXPECT_EQ(pod_of(R"({"kind":"Pod","metadata":{"name":"a","annotations":
    {"batch.kubernetes.io/job-completion-index":"7"}}})")
                .completion_index,
            7);
  EXPECT_EQ(pod_of(R"({"kind":"Pod","metadata":{"name":"a","annotations":
    {"batch.kubernetes.io/job-completion-index":"7x"}}})")
                .completion_index,
            0);
}

TEST(JobStatusShape, CountsOnlyConditionsThatAreTrue) {
  const auto job = decode_object(Json::parse(R"({"kind":"Job","metadata":{"name":"a"},"status":{"failed":1,
    "conditions":[{"type":"Complete","status":"False"},{"type":"FailureTarget","status":"True","reason":"x"},
                  {"type":"Failed","status":"True","reason":"DeadlineExceeded","message":"too long"}]}})"));
  ASSERT_TRUE(job);
  const auto& status = std::get<Job>(*job).status;
  EXPECT_FALSE(status.complete);
  EXPECT_TRUE(status.failed_condition);
  EXPECT_EQ(status.reason, "DeadlineExceeded");
  EXPECT_EQ(status.message, "too long");
}

TEST(LeaseShape, WritesMicroTimeWithSixDigits) {
  Lease lease;
  lease.meta.name = "a";
  lease.renew_time = parse_time("2026-11-21T02:34:50.456Z");
  EXPECT_EQ(encode(Object(lease))["spec"]["renewTime"], "2026-11-21T02:34:50.456000Z");
}

}  // namespace
}  // namespace visionops::cluster
