#include "worker/inspect/inspect.h"

#include "worker/dataset_folder/digest.h"
#include "worker/dataset_folder/load.h"

namespace visionops::inspect {

namespace {

void describe_problems(const annotations::Findings& findings, contract::DatasetFacts& facts) {
  facts.problems = findings.total();
  facts.missing_images = findings.missing_images();
  facts.damaged_images = findings.damaged_images();
  for (const auto& [kind, count] : findings.counts()) facts.problems_by_kind[kind] = count;
  for (const auto& finding : findings.first()) {
    facts.first_problems.push_back({finding.kind, finding.file, finding.position, finding.message});
  }
}

void describe_content(const Statistics& statistics, contract::DatasetFacts& facts) {
  facts.images = statistics.images;
  facts.annotations = statistics.objects;
  facts.classes = static_cast<std::int64_t>(statistics.classes.size());
  std::vector<contract::ResultClassCount> counts;
  for (const auto& of_class : statistics.classes) counts.push_back({of_class.name, of_class.images, of_class.objects});
  contract::set_class_counts(facts, std::move(counts));
}

}  // namespace

Result<Inspection> inspect_dataset(storage::StorageClient& store, const std::string& folder,
                                   const InspectOptions& options) {
  Inspection out;
  const auto loaded =
      dataset_folder::load_dataset(store, folder, options.format, out.findings,
                                   {.check_images = !options.annotations_only, .threads = options.threads});
  if (!loaded) return loaded.error();
  out.format = loaded->format;
  out.statistics = statistics_of(loaded->annotations);
  describe_content(out.statistics, out.facts);
  describe_problems(out.findings, out.facts);
  if (options.annotations_only) return out;
  auto digest = dataset_folder::digest_dataset(store, folder, loaded->format, options.threads, loaded->checked_files);
  if (!digest) return digest.error();
  out.facts.digest = std::move(digest->digest);
  out.facts.size_bytes = digest->size_bytes;
  return out;
}

}  // namespace visionops::inspect
