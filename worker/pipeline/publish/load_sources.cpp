#include "worker/pipeline/publish/load_sources.h"

#include <map>
#include <string>
#include <unordered_map>

#include "base/digest.h"
#include "base/parallel/parallel_for.h"
#include "worker/dataset/load.h"

namespace visionops::pipeline {
namespace {

/// Enough to tell nearly all pictures apart: headers and the first rows.
constexpr std::int64_t kPrefixBytes = 8192;

struct ImageOf {
  std::uint32_t source;
  std::uint32_t image;
};

std::string label(const contract::PipelineRun& run, std::size_t s) {
  const auto& dataset = run.sources[s].dataset;
  return "sources[" + std::to_string(s) + "] " + (dataset.name.empty() ? dataset.path : dataset.name);
}

/// The names of files are those inside a source: with several, the source is told, too.
void add_loss_of(const contract::PipelineRun& run, std::size_t s, const annotations::Findings& findings,
                 annotations::LossReport& out) {
  auto loss = annotations::loss_of_reading(findings);
  if (run.sources.size() > 1) {
    for (auto& entry : loss.entries) {
      for (auto& example : entry.examples) example.insert(0, label(run, s) + ": ");
    }
  }
  out.add(loss);
}

Status load_one(const contract::PipelineRun& run, std::size_t s, const RunEnvironment& environment,
                LoadedSources& out) {
  const auto& dataset = run.sources[s].dataset;
  auto store = environment.open_store(dataset.store);
  if (!store) return store.error().in(label(run, s));
  annotations::Findings findings;
  auto loaded = dataset_folder::load_dataset(
      **store, dataset.path, dataset.format, findings,
      {.check_sizes = true, .threads = environment.threads, .choice = dataset_folder::choice_of(dataset)});
  if (!loaded) return loaded.error().in(label(run, s));
  out.findings.merge(findings);
  add_loss_of(run, s, findings, out.loss);
  out.folders.push_back({*store, dataset.path});
  out.counts.push_back({static_cast<std::int64_t>(loaded->annotations.images.size()),
                        static_cast<std::int64_t>(loaded->annotations.objects.size())});
  out.collections.push_back(
      make_collection(std::move(loaded->annotations), static_cast<std::uint32_t>(s), loaded->image_bytes));
  return {};
}

/// Removes the groups that lie within one source.
template <class Groups>
std::vector<ImageOf> shared_by_sources(const Groups& groups) {
  std::vector<ImageOf> out;
  for (const auto& [key, members] : groups) {
    bool shared = false;
    for (const auto& member : members) shared = shared || member.source != members.front().source;
    if (shared) out.insert(out.end(), members.begin(), members.end());
  }
  return out;
}

Origin& origin_of(LoadedSources& sources, ImageOf image) {
  return sources.collections[image.source].origins[image.image];
}

std::vector<ImageOf> same_size(const LoadedSources& sources) {
  std::map<std::int64_t, std::vector<ImageOf>> by_size;
  for (std::uint32_t s = 0; s < sources.collections.size(); ++s) {
    const auto& origins = sources.collections[s].origins;
    for (std::uint32_t i = 0; i < origins.size(); ++i) {
      if (!origins[i].path.empty() && origins[i].bytes > 0) by_size[origins[i].bytes].push_back({s, i});
    }
  }
  return shared_by_sources(by_size);
}

}  // namespace

Result<LoadedSources> load_sources(const contract::PipelineRun& run, const RunEnvironment& environment) {
  LoadedSources out;
  const auto total = static_cast<std::int64_t>(run.sources.size());
  for (std::size_t s = 0; s < run.sources.size(); ++s) {
    if (environment.stop.stop_requested()) return Error{ErrorClass::Cancelled, "asked to stop"};
    if (auto status = load_one(run, s, environment, out); !status) return status.error();
    if (environment.progress) {
      environment.progress({std::string(enum_name(contract::Stage::AnnotationProcessing)),
                            static_cast<std::int64_t>(s) + 1, total, 0, 0});
    }
  }
  if (auto status = digest_equal_candidates(out, environment.threads, environment.stop); !status) return status.error();
  return out;
}

Status digest_equal_candidates(LoadedSources& sources, unsigned threads, std::stop_token stop) {
  const auto sized = same_size(sources);
  std::vector<std::string> prefixes(sized.size());
  auto status = parallel_for(sized.size(), threads, stop, [&](std::size_t i) -> Status {
    const auto& folder = sources.folders[sized[i].source];
    const auto& origin = origin_of(sources, sized[i]);
    const auto prefix = folder.store->read(path_in(folder.folder, origin.path), kPrefixBytes, true);
    if (prefix) prefixes[i] = std::to_string(origin.bytes) + " " + sha256_hex(*prefix);
    return {};
  });
  if (!status) return status;
  std::unordered_map<std::string, std::vector<ImageOf>> by_prefix;
  for (std::size_t i = 0; i < sized.size(); ++i) {
    if (!prefixes[i].empty()) by_prefix[prefixes[i]].push_back(sized[i]);
  }
  const auto candidates = shared_by_sources(by_prefix);
  return parallel_for(candidates.size(), threads, stop, [&](std::size_t i) -> Status {
    const auto& folder = sources.folders[candidates[i].source];
    auto& origin = origin_of(sources, candidates[i]);
    auto digest = folder.store->digest(path_in(folder.folder, origin.path));
    if (digest) origin.content = std::move(digest->sha256);
    return {};
  });
}

}  // namespace visionops::pipeline
