// Jobs and Pods of a real kube-apiserver, with every field that anybody here reads: protobuf says what JSON says.
#include <gtest/gtest.h>

#include <cstdlib>

#include "operator/kube/codec/proto_object.h"
#include "operator/kube/codec/rest_path.h"
#include "tests/cluster/real_cluster.h"

namespace visionops::test {
namespace {

using cluster::Kind;

constexpr const char* kThen = "2026-01-02T03:04:05Z";

Json metadata(const std::string& in, const char* name) {
  return {{"namespace", in},
          {"name", name},
          {"labels", {{"visionops.dev/kind", "TrainingJob"}, {"kueue.x-k8s.io/queue-name", "gpus"}}},
          {"annotations", {{"batch.kubernetes.io/job-completion-index", "3"}, {"words", "三"}}},
          {"finalizers", {"visionops.dev/test"}}};
}

Json pod_spec(const std::string& runtime_class) {
  return {{"restartPolicy", "Never"},
          {"terminationGracePeriodSeconds", 77},
          {"nodeSelector", {{"nvidia.com/gpu.product", "H200"}}},
          {"runtimeClassName", runtime_class},
          {"subdomain", "ranks"},
          {"containers", {{{"name", "worker"}, {"image", "worker"}}}}};
}

Json job_in(const std::string& in) {
  return {{"apiVersion", "batch/v1"},
          {"kind", "Job"},
          {"metadata", metadata(in, "job")},
          {"spec",
           {{"completions", 4},
            {"parallelism", 2},
            {"completionMode", "Indexed"},
            {"suspend", true},
            {"activeDeadlineSeconds", 3600},
            {"ttlSecondsAfterFinished", 60},
            {"template", {{"spec", pod_spec(in)}}}}}};
}

Json pod_in(const std::string& in, const Json& job) {
  Json pod{{"apiVersion", "v1"}, {"kind", "Pod"}, {"metadata", metadata(in, "pod")}, {"spec", pod_spec(in)}};
  pod["spec"]["nodeName"] = "node-1";
  pod["metadata"]["ownerReferences"] = Json::array({{{"apiVersion", "batch/v1"},
                                                     {"kind", "Job"},
                                                     {"name", "job"},
                                                     {"uid", job["metadata"]["uid"]},
                                                     {"controller", true}}});
  return pod;
}

Json container(const char* name, const Json& state) {
  return {{"name", name}, {"image", "x"}, {"imageID", "x"}, {"ready", false}, {"restartCount", 2}, {"state", state}};
}

Json pod_status() {
  const Json ended{{"exitCode", 137}, {"signal", 9}, {"reason", "OOMKilled"}, {"message", "no\nmore"}};
  const Json lost{{"type", "DisruptionTarget"}, {"status", "True"}, {"message", "taken away"}};
  return {{"status",
           {{"phase", "Failed"},
            {"reason", "Evicted"},
            {"message", "low on memory"},
            {"startTime", kThen},
            {"conditions", {lost}},
            {"initContainerStatuses", {container("sidecar", {{"running", {{"startedAt", kThen}}}})}},
            {"containerStatuses",
             {container("worker", {{"terminated", ended}}),
              container("other", {{"waiting", {{"reason", "ErrImagePull"}, {"message", "no such image"}}}})}}}}};
}

/// What a reading without containers leaves out.
void drop_containers(cluster::Object& object) {
  if (auto* job = std::get_if<cluster::Job>(&object)) {
    cluster::PodTemplate kept;
    kept.queue = job->spec.pod.queue;
    job->spec.pod = kept;
  } else if (auto* pod = std::get_if<cluster::Pod>(&object)) {
    pod->spec.containers.clear();
    pod->spec.volumes.clear();
    pod->spec.tolerations.clear();  // of no interest in a Pod that is placed
  }
}

class KubeProtobuf : public testing::Test {
 protected:
  void SetUp() override {
    request("POST", "/apis/node.k8s.io/v1/runtimeclasses", {{"metadata", {{"name", in_}}}, {"handler", "nvidia"}});
    const Json job = request("POST", kube::collection_path(Kind::Job, in_), job_in(in_));
    request("POST", kube::collection_path(Kind::Pod, in_), pod_in(in_, job));
    const Json started{{"startTime", kThen}, {"active", 2}, {"ready", 1}};
    request("PATCH", kube::object_path({Kind::Job, in_, "job"}, "status"), {{"status", started}});
    request("PATCH", kube::object_path({Kind::Pod, in_, "pod"}, "status"), pod_status());
  }
  void TearDown() override {
    for (const auto& key : {cluster::ObjectKey{Kind::Job, in_, "job"}, {Kind::Pod, in_, "pod"}}) {
      request("PATCH", kube::object_path(key), {{"metadata", {{"finalizers", nullptr}}}});
    }
  }
  Json request(const std::string& method, const std::string& path, const Json& body) {
    return real_cluster()->request(method, path, body);
  }
  /// As the caches list it.
  std::string listed(Kind kind, bool container_specs) {
    std::string out;
    const auto how = real_cluster()
                         ->connect_with({.container_specs = container_specs})
                         ->list_pages(kind, {in_, {}}, [&](cluster::ListPage page) -> Status {
                           for (auto& object : page.items) {
                             drop_containers(object);
                             out += cluster::encode(object).dump(1);
                           }
                           return {};
                         });
    EXPECT_TRUE(how.ok()) << how.error().message;
    return out;
  }

  std::string in_ = real_cluster()->new_namespace();
};

TEST_F(KubeProtobuf, OfAPodSaysWhatJsonSays) {
  const auto pod = listed(Kind::Pod, false);
  EXPECT_EQ(pod, listed(Kind::Pod, true));
  for (const char* word : {"H200", "ranks", "OOMKilled", "Evicted", "ErrImagePull", "三", "node-1", "137", kThen}) {
    EXPECT_NE(pod.find(word), std::string::npos) << word;
  }
}

TEST_F(KubeProtobuf, OfAJobSaysWhatJsonSays) {
  const auto job = listed(Kind::Job, false);
  EXPECT_EQ(job, listed(Kind::Job, true));
  for (const char* word : {"Indexed", "3600", "gpus", "visionops.dev/test", "三"}) {
    EXPECT_NE(job.find(word), std::string::npos) << word;
  }
}

TEST_F(KubeProtobuf, IsWhatIsAskedForAndComes) {
  const auto endpoint = kube::endpoint_from_kubeconfig(std::getenv("VISIONOPS_TEST_KUBECONFIG"), "");
  const auto transport = kube::HttpTransport::connect(*endpoint);
  kube::HttpCall call;
  call.path = kube::collection_path(Kind::Pod, in_) + "?watch=true&resourceVersion=0&timeoutSeconds=30";
  call.accept = kube::accepted_events({Kind::Pod, false});
  std::vector<kube::Encoding> seen;
  const auto reply = (*transport)
                         ->stream(call, std::chrono::seconds(30),
                                  [&](const std::string&, kube::Encoding encoding, bool) {
                                    seen.push_back(encoding);
                                    return false;
                                  },
                                  {});
  ASSERT_TRUE(reply.ok()) << reply.error().message;
  EXPECT_EQ(seen, std::vector{kube::Encoding::Protobuf});
}

}  // namespace
}  // namespace visionops::test
