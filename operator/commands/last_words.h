// What a Dataset says of its files in the moment before it goes.
#pragma once

#include <string>
#include <thread>

#include "base/mutex.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::commands {

/// Listens from its construction on, on a thread of its own: who looks from time to time comes too late.
class LastWords {
 public:
  LastWords(cluster::ClusterApi& api, const cluster::ObjectKey& key);
  /// Empty: it said nothing, or is no Dataset.
  [[nodiscard]] std::string text() const;

 private:
  void hear(const cluster::Object& object);

  const cluster::ObjectKey key_;
  mutable Mutex mutex_;
  std::string text_ VISIONOPS_GUARDED_BY(mutex_);
  std::jthread listener_;
};

}  // namespace visionops::commands
