// The guest's side of the door: the cluster of another process.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/json_fwd.h"
#include "base/mutex.h"
#include "operator/cluster/cluster_api.h"
#include "operator/local/api_server/event_log.h"
#include "operator/local/door/door_socket.h"

namespace visionops::local {

/// Any thread. Retry once the owner has ended; the same call then fails for ever.
class DoorClient final : public cluster::ClusterApi {
 public:
  /// NotFound when no process listens for this data folder; Retry when one does not answer.
  static Result<std::unique_ptr<DoorClient>> open(const std::filesystem::path& data);

  /// The process that owns the folder.
  [[nodiscard]] int owner() const { return owner_; }
  /// Whether the owner still answers.
  bool is_there();
  Result<std::vector<StoredEvent>> list_events(const cluster::ObjectKey& about);

  Result<cluster::Object> get(const cluster::ObjectKey& key) override;
  Result<cluster::ObjectList> list(cluster::Kind kind, const cluster::ListOptions& options) override;
  Status watch(cluster::Kind kind, const cluster::ListOptions& options, const std::string& resource_version,
               const std::function<void(cluster::Change)>& on_change, std::stop_token stop) override;
  Result<cluster::Object> create(const cluster::Object& object) override;
  Result<cluster::Object> update(const cluster::Object& object) override;
  /// Invalid: the status is the operator's.
  Result<cluster::Object> update_status(const cluster::Object& object) override;
  Status remove(const cluster::ObjectKey& key, const cluster::Preconditions& preconditions) override;
  /// Nothing: events are the operator's.
  void emit(const cluster::Object& about, const cluster::Event& event) override;
  Result<std::optional<cluster::Event>> latest_warning(const cluster::Object& about) override;

 private:
  DoorClient(std::filesystem::path data, LineSocket socket) : data_(std::move(data)), socket_(std::move(socket)) {}
  Result<Json> ask(const char* verb, Json request);
  Result<cluster::Object> ask_for_object(const char* verb, Json request);

  const std::filesystem::path data_;
  int owner_ = 0;
  Mutex mutex_;
  LineSocket socket_ VISIONOPS_GUARDED_BY(mutex_);
};

}  // namespace visionops::local
