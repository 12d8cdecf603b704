#include "worker/exec/follow/metric_files.h"

#include <algorithm>

namespace visionops::exec {

namespace {

constexpr std::int64_t kBytesPerRest = 256 * 1024;  // for each of them a poll is left out

}  // namespace

void MetricFiles::skip_present(const JobFolder& job) {
  for (const auto& rule : rules_) {
    for (const auto& file : job.find(rule.path, false)) earlier_[file.path] = file.mark;
  }
}

std::vector<FoundFile> MetricFiles::changed(const JobFolder& job, bool last) {
  std::vector<FoundFile> out;
  for (const auto& rule : rules_) {
    for (auto& file : job.find(rule.path, false)) {
      const auto earlier = earlier_.find(file.path);
      if (earlier != earlier_.end() && earlier->second == file.mark) continue;
      const auto known = seen_.find(file.path);
      if (known == seen_.end() && seen_.size() >= kMostFoundPaths) continue;
      auto& rest = rests_[file.path];
      if (!last && known != seen_.end() && (known->second == file.mark || --rest > 0)) continue;
      rest = static_cast<int>(file.mark.size / kBytesPerRest);
      seen_[file.path] = file.mark;
      out.push_back(std::move(file));
    }
  }
  std::ranges::stable_sort(out, {}, [](const auto& file) { return file.mark.modified_ns; });
  return out;
}

}  // namespace visionops::exec
