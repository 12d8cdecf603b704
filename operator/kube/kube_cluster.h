// ClusterApi over HTTPS: a real Kubernetes. Keeps the promises of cluster/cluster_api.h, which are
// Kubernetes' own. Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/clock.h"
#include "operator/cluster/cluster_api.h"
#include "operator/kube/codec/event_body.h"
#include "operator/kube/codec/object_json.h"
#include "operator/kube/transport/http_transport.h"

namespace visionops::kube {

struct KubeLimits {
  /// Of a get, or of one page of a list, with all waits that the server asked for.
  std::chrono::milliseconds read = std::chrono::seconds(30);
  /// Of a write, with those waits. A leader may send until its renew deadline (10 s), and another one may
  /// lead after 15 s: what takes longer than the difference could arrive beside the other's writes.
  std::chrono::milliseconds write = std::chrono::seconds(5);
  /// A watch without a byte for this long is dead. API servers send bookmarks about once a minute.
  std::chrono::milliseconds watch_idle = std::chrono::seconds(95);
  /// After this long, or up to twice as long, the server ends a watch that the runtime then takes up again.
  std::chrono::seconds watch_life = std::chrono::seconds(300);
  /// Of list, objects that are asked for at once.
  int page = 100;
  /// Of list_pages, objects that are handed on together.
  std::size_t handed_on = 25;
  /// false: Jobs and Pods are read without their containers, volumes and template.
  bool container_specs = true;
};

class KubeCluster final : public cluster::ClusterApi {
 public:
  /// `component` names this process in events and as field manager.
  KubeCluster(std::unique_ptr<HttpTransport> transport, const Clock& clock, std::string component, std::string instance,
              KubeLimits limits = {});

  Result<cluster::Object> get(const cluster::ObjectKey& key) override;
  /// Paginated; a continue token that expired falls back to one full list.
  Result<cluster::ObjectList> list(cluster::Kind kind, const cluster::ListOptions& options) override;
  /// One reply with all objects, decoded while it comes: pages that are asked for one by one cost the API server
  /// a multiple (docs/decisions/0010). `read` is how long it may stay without a byte.
  Status list_pages(cluster::Kind kind, const cluster::ListOptions& options,
                    const std::function<Status(cluster::ListPage)>& on_page) override;
  Status watch(cluster::Kind kind, const cluster::ListOptions& options, const std::string& resource_version,
               const std::function<void(cluster::Change)>& on_change, std::stop_token stop) override;
  Result<cluster::Object> create(const cluster::Object& object) override;
  /// Of a custom kind only the metadata: see write_body.h, also for what a second send does.
  Result<cluster::Object> update(const cluster::Object& object) override;
  Result<cluster::Object> update_status(const cluster::Object& object) override;
  Status remove(const cluster::ObjectKey& key, const cluster::Preconditions& preconditions) override;
  void emit(const cluster::Object& about, const cluster::Event& event) override;
  Result<std::optional<cluster::Event>> latest_warning(const cluster::Object& about) override;
  /// See HttpTransport::longest_overdue().
  [[nodiscard]] std::chrono::milliseconds longest_overdue() const { return transport_->longest_overdue(); }

 private:
  /// Sends, and waits where 429 and 503 ask for it (Retry-After), all within call.deadline.
  Result<std::string> exchange(HttpCall call);
  Result<cluster::Object> write(HttpCall call, const cluster::ObjectKey& key);
  [[nodiscard]] Reading reading(cluster::Kind kind) const { return {kind, limits_.container_specs}; }
  Result<std::string> page_of(cluster::Kind kind, const cluster::ListOptions& options, const std::string& token,
                              bool paged);

  std::unique_ptr<HttpTransport> transport_;
  const Clock& clock_;
  Reporter reporter_;
  KubeLimits limits_;
  std::atomic<std::uint64_t> events_{0};
};

}  // namespace visionops::kube
