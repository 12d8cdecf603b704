#include "operator/local/api_server/change_history.h"

#include <algorithm>
#include <optional>

namespace visionops::local {
namespace {

using cluster::Change;
using cluster::ChangeType;

std::optional<ChangeType> seen_as(bool before, bool after) {
  if (before && after) return ChangeType::Modified;
  if (after) return ChangeType::Added;
  if (before) return ChangeType::Deleted;
  return std::nullopt;
}

}  // namespace

bool selects(const cluster::ListOptions& options, const api::ObjectMeta& meta) {
  if (!options.namespace_.empty() && options.namespace_ != meta.namespace_) return false;
  return std::all_of(options.labels.begin(), options.labels.end(), [&](const auto& wanted) {
    const auto it = meta.labels.find(wanted.first);
    return it != meta.labels.end() && it->second == wanted.second;
  });
}

void ChangeHistory::restart(std::uint64_t version) {
  entries_.clear();
  forgotten_ = newest_ = version;
}

void ChangeHistory::add(std::uint64_t version, ChangeType type, ObjectPtr before, ObjectPtr after) {
  entries_.push_back({version, type, std::move(before), std::move(after)});
  newest_ = version;
  if (entries_.size() > limit_) compact(entries_.front().version);
}

void ChangeHistory::compact(std::uint64_t version) {
  while (!entries_.empty() && entries_.front().version <= version) {
    forgotten_ = entries_.front().version;
    entries_.pop_front();
  }
}

Result<std::vector<Change>> ChangeHistory::since(std::uint64_t version, cluster::Kind kind,
                                                 const cluster::ListOptions& options) const {
  if (version < forgotten_ || version > newest_) {
    return Error{ErrorClass::Gone, "resourceVersion " + std::to_string(version) + " is not kept; kept are " +
                                       std::to_string(forgotten_) + " to " + std::to_string(newest_)};
  }
  const auto first = std::partition_point(entries_.begin(), entries_.end(),
                                          [&](const Entry& entry) { return entry.version <= version; });
  std::vector<Change> changes;
  for (auto it = first; it != entries_.end(); ++it) {
    if (kind_of(*it->after) != kind) continue;
    const bool before = it->before && selects(options, meta_of(*it->before));
    const bool after = it->type != ChangeType::Deleted && selects(options, meta_of(*it->after));
    if (const auto type = seen_as(before, after)) changes.push_back({*type, *it->after});
  }
  return changes;
}

}  // namespace visionops::local
