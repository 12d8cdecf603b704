#include "operator/core/dataset/inspection_result.h"

#include <algorithm>

#include "base/quantity.h"

namespace visionops::core {

namespace {

constexpr std::size_t kMaxClasses = 100;
constexpr std::size_t kMaxFindings = 10;

std::vector<api::ClassCount> class_counts(const contract::DatasetFacts& facts) {
  std::vector<api::ClassCount> out;
  for (const auto& c : facts.class_counts) out.push_back({c.name, c.images, c.objects});
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  if (out.size() > kMaxClasses) out.resize(kMaxClasses);
  return out;
}

api::Health health(const contract::DatasetFacts& facts) {
  api::Health out;
  out.problems = facts.problems;
  out.missing_images = facts.missing_images;
  out.damaged_images = facts.damaged_images;
  out.by_kind = facts.problems_by_kind;
  out.losses = facts.losses;
  for (const auto& f : facts.first_problems) {
    if (out.first.size() < kMaxFindings) out.first.push_back({f.kind, f.file, f.position, f.message});
  }
  return out;
}

}  // namespace

void take_facts(api::DatasetStatus& status, const contract::DatasetFacts& facts, const std::string& report) {
  status.images = facts.images;
  status.annotations = facts.annotations;
  status.classes = facts.classes;
  status.size_bytes = facts.size_bytes;
  status.size = format_bytes(std::max<std::int64_t>(facts.size_bytes, 0));
  status.class_counts = class_counts(facts);
  status.health = health(facts);
  status.report = facts.report.empty() ? report : facts.report;
}

}  // namespace visionops::core
