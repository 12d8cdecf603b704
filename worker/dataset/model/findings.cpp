#include <algorithm>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

namespace {

bool kind_before(const std::pair<FindingKind, std::int64_t>& entry, std::string_view kind) {
  return entry.first.name() < kind;
}

}  // namespace

void Findings::add(Finding finding) {
  auto at = std::lower_bound(counts_.begin(), counts_.end(), finding.kind.name(), kind_before);
  if (at == counts_.end() || at->first != finding.kind) at = counts_.insert(at, {finding.kind, 0});
  if (at->second++ < static_cast<std::int64_t>(limit_)) first_.push_back(std::move(finding));
}

void Findings::merge(const Findings& other) {
  std::vector<std::pair<FindingKind, std::int64_t>> listed;
  for (const auto& [kind, count] : other.counts_) {
    auto at = std::lower_bound(counts_.begin(), counts_.end(), kind.name(), kind_before);
    if (at == counts_.end() || at->first != kind) at = counts_.insert(at, {kind, 0});
    listed.emplace_back(kind, at->second);
    at->second += count;
  }
  for (const Finding& finding : other.first_) {
    const auto at = std::lower_bound(listed.begin(), listed.end(), finding.kind.name(), kind_before);
    if (at->second++ < static_cast<std::int64_t>(limit_)) first_.push_back(finding);
  }
}

std::int64_t Findings::total() const {
  std::int64_t sum = 0;
  for (const auto& [kind, count] : counts_) sum += count;
  return sum;
}

std::int64_t Findings::count(std::string_view kind) const {
  const auto at = std::lower_bound(counts_.begin(), counts_.end(), kind, kind_before);
  return at != counts_.end() && at->first.name() == kind ? at->second : 0;
}

}  // namespace visionops::annotations
