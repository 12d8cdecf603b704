// The newest changes of the cluster, from which watches are served. Bounded: who asks for an older
// position must list again (Gone).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "base/result.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::local {

/// Objects are immutable once stored, so readers share them without copying.
using ObjectPtr = std::shared_ptr<const cluster::Object>;

/// Not thread-safe; the ObjectStore guards it.
class ChangeHistory {
 public:
  explicit ChangeHistory(std::size_t limit) : limit_(limit) {}

  /// Forgets everything; the next change is the one after `version`.
  void restart(std::uint64_t version);
  /// `before` is null for an added object; `after` is the last state for a deleted one.
  void add(std::uint64_t version, cluster::ChangeType type, ObjectPtr before, ObjectPtr after);
  /// Forgets the changes up to and including `version`.
  void compact(std::uint64_t version);

  /// What a watcher of (kind, options) sees after `version`, in order. An object whose labels leave
  /// the selector is Deleted for that watcher, one whose labels enter it is Added.
  /// Gone when a change after `version` is no longer kept, or when `version` never was.
  Result<std::vector<cluster::Change>> since(std::uint64_t version, cluster::Kind kind,
                                             const cluster::ListOptions& options) const;

 private:
  struct Entry {
    std::uint64_t version;
    cluster::ChangeType type;
    ObjectPtr before;
    ObjectPtr after;
  };
  std::size_t limit_;
  std::uint64_t forgotten_ = 0;  ///< the newest change that is not kept
  std::uint64_t newest_ = 0;
  std::deque<Entry> entries_;
};

/// Namespace and labels.
bool selects(const cluster::ListOptions& options, const api::ObjectMeta& meta);

}  // namespace visionops::local
