#include "operator/commands/last_words.h"

#include "operator/core/reasons.h"

namespace visionops::commands {

LastWords::LastWords(cluster::ClusterApi& api, const cluster::ObjectKey& key) : key_(key) {
  if (key.kind != cluster::Kind::Dataset) return;
  const cluster::ListOptions options{.namespace_ = key.namespace_, .labels = {}};
  const auto now = api.list(key.kind, options);
  if (!now) return;
  listener_ = std::jthread([this, &api, options, version = now->resource_version](const std::stop_token& stop) {
    const auto on_change = [this](const cluster::Change& change) { hear(change.object); };
    (void)api.watch(cluster::Kind::Dataset, options, version, on_change, stop).ok();
  });
}

void LastWords::hear(const cluster::Object& object) {
  const auto* dataset = std::get_if<api::Dataset>(&object);
  if (dataset == nullptr || dataset->meta.name != key_.name) return;
  const auto* ready = api::find_condition(dataset->status.conditions, api::condition::kReady);
  if (!ready || (ready->reason != core::reason::kFilesKept && ready->reason != core::reason::kFilesRemoved)) return;
  const MutexLock lock(mutex_);
  text_ = dataset->status.message;
}

std::string LastWords::text() const {
  const MutexLock lock(mutex_);
  return text_;
}

}  // namespace visionops::commands
