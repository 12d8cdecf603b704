#include "worker/pipeline/publish/result_of_run.h"

#include <utility>

#include "worker/pipeline/plan/written_objects.h"

namespace visionops::pipeline {
namespace {

using contract::DatasetFacts;

constexpr const char* kMissing = "MissingImage";
constexpr const char* kDamaged = "DamagedImage";

std::vector<contract::ResultClassCount> class_counts(const annotations::Annotations& a, const WrittenObjects& written) {
  std::vector<contract::ResultClassCount> counts(a.categories.size());
  for (std::size_t c = 0; c < counts.size(); ++c) counts[c].name = a.categories[c].name;
  const auto by_image = annotations::group_by_image(a);
  std::vector<std::size_t> last_image(counts.size(), a.images.size());
  for (std::size_t i = 0; i < a.images.size(); ++i) {
    for (const auto index : by_image.of(i)) {
      if (!written.has(index)) continue;
      const auto category = a.objects[index].category;
      ++counts[category].objects;
      if (std::exchange(last_image[category], i) != i) ++counts[category].images;
    }
  }
  return counts;
}

void count_problem(DatasetFacts& facts, const std::string& kind, const std::string& file, const std::string& message) {
  constexpr std::size_t kListed = 20;
  ++facts.problems;
  ++facts.problems_by_kind[kind];
  if (facts.first_problems.size() < kListed) facts.first_problems.push_back({kind, file, "", message});
}

}  // namespace

DatasetFacts dataset_facts(const contract::PipelineRun& run, const dataset_folder::Manifest& manifest,
                           const annotations::Annotations& a, const annotations::Findings& findings, const Plan& plan,
                           const std::vector<Part>& parts, const annotations::FormatWriter& writer) {
  DatasetFacts facts;
  facts.digest = manifest.digest;
  facts.images = manifest.images;
  facts.annotations = manifest.annotations;
  facts.classes = manifest.classes;
  facts.size_bytes = manifest.size_bytes;
  contract::set_class_counts(facts, class_counts(a, WrittenObjects(a, writer, run.tasks)));
  facts.problems = findings.total();
  for (const auto& [kind, count] : findings.counts()) facts.problems_by_kind[kind] = count;
  for (const auto& finding : findings.first()) {
    facts.first_problems.push_back({finding.kind, finding.file, finding.position, finding.message});
  }
  facts.missing_images = findings.missing_images();
  facts.damaged_images = findings.damaged_images();
  for (const auto& part : parts) {
    for (const auto& skip : part.skipped) {
      const auto& item = plan.items[static_cast<std::size_t>(skip.item)];
      if (item.width <= 0 && skip.kind == kDamaged) continue;  // its header was unreadable: a finding of the source
      count_problem(facts, skip.kind, item.source_path, skip.message);
      facts.missing_images += skip.kind == kMissing ? 1 : 0;
      facts.damaged_images += skip.kind == kDamaged ? 1 : 0;
    }
  }
  return facts;
}

}  // namespace visionops::pipeline
