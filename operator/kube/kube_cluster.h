// ClusterApi over HTTPS: a real Kubernetes. Keeps the promises of cluster/cluster_api.h, which are
// Kubernetes' own. Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/clock.h"
#include "operator/cluster/cluster_api.h"
#include "operator/kube/http_transport.h"

namespace visionops::kube {

class KubeCluster final : public cluster::ClusterApi {
 public:
  /// `component` names this process in events and as field manager.
  KubeCluster(std::unique_ptr<HttpTransport> transport, const Clock& clock, std::string component, std::string instance);

  Result<cluster::Object> get(const cluster::ObjectKey& key) override;
  /// Paginated (500 a page); a continue token that expired falls back to one full list.
  Result<cluster::ObjectList> list(cluster::Kind kind, const cluster::ListOptions& options) override;
  Status watch(cluster::Kind kind, const cluster::ListOptions& options, const std::string& resource_version,
               const std::function<void(cluster::Change)>& on_change, std::stop_token stop) override;
  Result<cluster::Object> create(const cluster::Object& object) override;
  Result<cluster::Object> update(const cluster::Object& object) override;
  Result<cluster::Object> update_status(const cluster::Object& object) override;
  Status remove(const cluster::ObjectKey& key, const cluster::Preconditions& preconditions) override;
  void emit(const cluster::Object& about, const cluster::Event& event) override;

 private:
  /// Sends, honours Retry-After of 429 and 503 (each at most 30 s, at most 5 times).
  Result<std::string> exchange(const HttpCall& call, std::stop_token stop = {});
  Result<cluster::Object> write(const std::string& method, const std::string& path, const cluster::Object& object);

  std::unique_ptr<HttpTransport> transport_;
  const Clock& clock_;
  std::string component_;
  std::string instance_;
  std::atomic<std::uint64_t> events_{0};
};

}  // namespace visionops::kube
