#include "worker/sidecar/downsample.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace visionops::sidecar {
namespace {

constexpr std::size_t kMaxPerSecond = 10;
constexpr std::size_t kParts = 3;

/// Marks what stays of points[group[first..last)].
void keep_extremes(const std::vector<QueuedPoint>& points, const std::vector<std::size_t>& group, std::size_t first,
                   std::size_t last, std::vector<bool>& keep) {
  if (first == last) return;
  const auto begin = group.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = group.begin() + static_cast<std::ptrdiff_t>(last);
  const auto [low, high] = std::minmax_element(
      begin, end, [&points](std::size_t a, std::size_t b) { return points[a].point.value < points[b].point.value; });
  keep[*low] = keep[*high] = keep[*(end - 1)] = true;
}

}  // namespace

std::vector<QueuedPoint> downsample(std::vector<QueuedPoint> points) {
  std::map<std::pair<std::string_view, std::int64_t>, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto second = std::chrono::floor<std::chrono::seconds>(points[i].point.at).time_since_epoch().count();
    groups[{points[i].point.name, second}].push_back(i);
  }
  std::vector<bool> keep(points.size(), false);
  for (const auto& [key, group] : groups) {
    if (group.size() <= kMaxPerSecond) {
      for (const auto i : group) keep[i] = true;
      continue;
    }
    for (std::size_t part = 0; part < kParts; ++part) {
      keep_extremes(points, group, group.size() * part / kParts, group.size() * (part + 1) / kParts, keep);
    }
  }
  std::vector<QueuedPoint> out;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (keep[i]) out.push_back(std::move(points[i]));
  }
  return out;
}

}  // namespace visionops::sidecar
