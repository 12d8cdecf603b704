// A ClusterApi whose writes stop the moment leadership may have ended. Reads and watches go on, so
// that a standby keeps its caches warm.
#pragma once

#include <functional>

#include "operator/cluster/cluster_api.h"

namespace visionops::runtime {

class FencedCluster final : public cluster::ClusterApi {
 public:
  /// `may_write` is asked before each write, from the writing thread.
  FencedCluster(cluster::ClusterApi& inner, std::function<bool()> may_write)
      : inner_(inner), may_write_(std::move(may_write)) {}

  Result<cluster::Object> get(const cluster::ObjectKey& key) override { return inner_.get(key); }
  Result<cluster::ObjectList> list(cluster::Kind kind, const cluster::ListOptions& options) override {
    return inner_.list(kind, options);
  }
  Status list_pages(cluster::Kind kind, const cluster::ListOptions& options,
                    const std::function<Status(cluster::ListPage)>& on_page) override {
    return inner_.list_pages(kind, options, on_page);
  }
  Status watch(cluster::Kind kind, const cluster::ListOptions& options, const std::string& resource_version,
               const std::function<void(cluster::Change)>& on_change, std::stop_token stop) override {
    return inner_.watch(kind, options, resource_version, on_change, stop);
  }
  Result<cluster::Object> create(const cluster::Object& object) override;
  Result<cluster::Object> update(const cluster::Object& object) override;
  Result<cluster::Object> update_status(const cluster::Object& object) override;
  Status remove(const cluster::ObjectKey& key, const cluster::Preconditions& preconditions) override;
  void emit(const cluster::Object& about, const cluster::Event& event) override;
  Result<std::optional<cluster::Event>> latest_warning(const cluster::Object& about) override {
    return inner_.latest_warning(about);
  }

 private:
  cluster::ClusterApi& inner_;
  std::function<bool()> may_write_;
};

}  // namespace visionops::runtime
