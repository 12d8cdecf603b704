// The embedded cluster seen through a tap: counts the writes and fails those that a test asks for.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "operator/local/api_server/local_cluster.h"
#include "operator/runtime/cache/kinds.h"
#include "operator/runtime/cache/resource_version.h"

namespace visionops::runtime {

class RecordingCluster final : public cluster::ClusterApi {
 public:
  explicit RecordingCluster(local::ObjectStore& store) : store_(store), cluster_(store) {}

  /// The next status write takes effect, but the caller hears of an error.
  std::atomic<bool> lose_next_reply = false;
  /// A watch delivers what there is and ends, instead of waiting for more.
  bool short_streams = false;

  /// Asked before each call with "create Job a-1", "update_status Dataset a", "get ...", "list Dataset";
  /// an error is returned instead of calling on.
  std::function<std::optional<Error>(const std::string&)> interfere;

  [[nodiscard]] std::vector<std::string> writes() const {
    const std::lock_guard lock(mutex_);
    return writes_;
  }
  [[nodiscard]] std::vector<std::string> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }

  Result<cluster::Object> get(const cluster::ObjectKey& key) override {
    if (auto e = ask("get " + name(key))) return *e;
    return cluster_.get(key);
  }
  Result<cluster::ObjectList> list(cluster::Kind kind, const cluster::ListOptions& options) override {
    if (auto e = ask("list " + std::string(kind_name(kind)))) return *e;
    return cluster_.list(kind, options);
  }
  Status watch(cluster::Kind kind, const cluster::ListOptions& options, const std::string& version,
               const std::function<void(cluster::Change)>& on_change, std::stop_token stop) override {
    if (auto e = ask("watch " + std::string(kind_name(kind)))) return *e;
    if (short_streams) return deliver(kind, options, version, on_change);
    return cluster_.watch(kind, options, version, on_change, stop);
  }
  Result<cluster::Object> create(const cluster::Object& object) override {
    if (auto e = write("create", cluster::key_of(object))) return *e;
    return cluster_.create(object);
  }
  Result<cluster::Object> update(const cluster::Object& object) override {
    if (auto e = write("update", cluster::key_of(object))) return *e;
    return cluster_.update(object);
  }
  Result<cluster::Object> update_status(const cluster::Object& object) override {
    if (auto e = write("update_status", cluster::key_of(object))) return *e;
    auto stored = cluster_.update_status(object);
    if (lose_next_reply.exchange(false)) return retry_error("the reply was lost");
    return stored;
  }
  Status remove(const cluster::ObjectKey& key, const cluster::Preconditions& preconditions) override {
    if (auto e = write("remove", key)) return *e;
    return cluster_.remove(key, preconditions);
  }
  void emit(const cluster::Object& about, const cluster::Event& event) override {
    {
      const std::lock_guard lock(mutex_);
      events_.push_back(event.reason);
    }
    cluster_.emit(about, event);
  }
  Result<std::optional<cluster::Event>> latest_warning(const cluster::Object& about) override {
    if (auto e = ask("events " + name(cluster::key_of(about)))) return *e;
    return cluster_.latest_warning(about);
  }

 private:
  Status deliver(cluster::Kind kind, const cluster::ListOptions& options, const std::string& version,
                 const std::function<void(cluster::Change)>& on_change) {
    const auto batch = store_.changes_since(version_number(version), kind, options);
    if (!batch) return batch.error();
    for (const auto& change : batch->changes) on_change(change);
    return {};
  }
  static std::string name(const cluster::ObjectKey& key) { return std::string(kind_name(key.kind)) + " " + key.name; }
  std::optional<Error> ask(const std::string& call) { return interfere ? interfere(call) : std::nullopt; }
  std::optional<Error> write(const std::string& verb, const cluster::ObjectKey& key) {
    const std::string call = verb + " " + name(key);
    {
      const std::lock_guard lock(mutex_);
      writes_.push_back(call);
    }
    return ask(call);
  }

  local::ObjectStore& store_;
  local::LocalCluster cluster_;
  mutable std::mutex mutex_;
  std::vector<std::string> writes_;
  std::vector<std::string> events_;
};

}  // namespace visionops::runtime
