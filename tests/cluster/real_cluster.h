// A real API server as the suite needs it: KubeCluster, and what a person with kubectl would do beside it.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/json.h"
#include "operator/kube/kube_cluster.h"
#include "tests/cluster/test_cluster.h"

namespace visionops::test {

/// The server of $VISIONOPS_TEST_KUBECONFIG, with the CRDs of $VISIONOPS_SOURCE applied once.
class RealTestCluster final : public TestCluster {
 public:
  RealTestCluster();

  cluster::ClusterApi& api() override { return *api_; }
  std::string new_namespace() override;
  Result<cluster::Object> edit(const cluster::Object& object) override;
  void forget_history() override;
  /// The garbage collector of a server that just got our kinds learns of them within 30 s.
  std::chrono::milliseconds patience() const override { return std::chrono::seconds(60); }

  /// Another client of the same server.
  std::unique_ptr<kube::KubeCluster> connect_with(const kube::KubeLimits& limits);

  /// The JSON that the server answers; throws for a status other than 2xx.
  Json request(const std::string& method, const std::string& path, const Json& body = {});
  /// As request(), with a body of another type than JSON.
  Json send(const kube::HttpCall& call);

 private:
  void apply_definitions();

  SystemClock clock_;
  std::unique_ptr<kube::HttpTransport> person_;  ///< has its own connections, as kubectl has
  std::unique_ptr<kube::KubeCluster> api_;
  std::atomic<int> forgotten_{0};
};

/// The one cluster of the process.
std::shared_ptr<RealTestCluster> real_cluster();

}  // namespace visionops::test
