// ClusterApi over the embedded ObjectStore.
#pragma once

#include <string>

#include "operator/cluster/cluster_api.h"
#include "operator/local/api_server/object_store.h"

namespace visionops::local {

struct LocalClusterOptions {
  /// When not empty every write is refused with this text (Conflict): the store is a copy of one
  /// that another process owns.
  std::string read_only_because;
  /// How often a watch that has nothing to deliver tells how far it has come.
  Duration bookmark_interval = std::chrono::seconds(1);
};

/// Calls never wait for anything but the disk; any thread. `store` must outlive every watch.
class LocalCluster final : public cluster::ClusterApi {
 public:
  explicit LocalCluster(ObjectStore& store, LocalClusterOptions options = {})
      : store_(store), options_(std::move(options)) {}

  Result<cluster::Object> get(const cluster::ObjectKey& key) override;
  Result<cluster::ObjectList> list(cluster::Kind kind, const cluster::ListOptions& options) override;
  Status watch(cluster::Kind kind, const cluster::ListOptions& options, const std::string& resource_version,
               const std::function<void(cluster::Change)>& on_change, std::stop_token stop) override;
  Result<cluster::Object> create(const cluster::Object& object) override;
  Result<cluster::Object> update(const cluster::Object& object) override;
  Result<cluster::Object> update_status(const cluster::Object& object) override;
  Status remove(const cluster::ObjectKey& key, const cluster::Preconditions& preconditions) override;
  void emit(const cluster::Object& about, const cluster::Event& event) override;
  Result<std::optional<cluster::Event>> latest_warning(const cluster::Object& about) override;

 private:
  [[nodiscard]] Status writable() const;
  ObjectStore& store_;
  LocalClusterOptions options_;
};

}  // namespace visionops::local
