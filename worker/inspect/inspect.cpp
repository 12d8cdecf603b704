#include "worker/inspect/inspect.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "base/enum_names.h"
#include "worker/dataset/data_files.h"
#include "worker/dataset/formats/format.h"
#include "worker/dataset/load.h"
#include "worker/dataset/select.h"

namespace visionops::inspect {

namespace {

void describe_problems(const annotations::Findings& findings, contract::DatasetFacts& facts) {
  facts.problems = findings.total();
  facts.missing_images = findings.missing_images();
  facts.damaged_images = findings.damaged_images();
  for (const auto& [kind, count] : findings.counts()) facts.problems_by_kind[kind] = count;
  for (const auto& entry : annotations::loss_of_reading(findings).entries)
    facts.losses[std::string(enum_name(entry.kind))] = entry.count;
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

/// Of the data files, those that nobody named: a picture that no annotation file tells of, a further JSON file. With
/// label files the folders name what is in them.
std::vector<dataset_folder::ListedFile> listed_files(std::vector<dataset_folder::DataFile> files,
                                                     const dataset_folder::LoadedDataset& loaded) {
  std::unordered_set<std::string_view> named(loaded.annotation_files.begin(), loaded.annotation_files.end());
  for (const auto& image : loaded.annotations.images) named.insert(image.path);
  const auto* reader = formats::reader_of(loaded.format);
  const bool label_files = reader != nullptr && *reader->label_files;
  std::vector<dataset_folder::ListedFile> out;
  out.reserve(files.size());
  for (auto& file : files) {
    const bool of_folder =
        label_files && (file.path.ends_with(".txt") || dataset_folder::stands_in(file.path, "images"));
    const bool stray = !of_folder && !named.contains(file.path);
    out.push_back({std::move(file), stray});
  }
  return out;
}

/// Bytes that changed between their listing and their reading would stand in a digest that no file ever had.
Status unchanged_since(const std::vector<storage::FileInfo>& before, storage::StorageClient& store,
                       const std::string& folder, Format format, const dataset_folder::Choice& choice) {
  const auto now = dataset_folder::chosen_files(store, folder, format, choice);
  if (!now) return now.error();
  const auto same = [](const auto& a, const auto& b) {
    return a.path == b.path && a.size == b.size && a.mtime_ns == b.mtime_ns;
  };
  const auto [a, b] = std::mismatch(before.begin(), before.end(), now->begin(), now->end(), same);
  if (a == before.end() && b == now->end()) return {};
  return retry_error("the files change while they are read, first " + (b != now->end() ? b->path : a->path));
}

}  // namespace

Result<Inspection> inspect_dataset(storage::StorageClient& store, const std::string& folder,
                                   const InspectOptions& options) {
  Inspection out;
  // Before anything is read: see unchanged_since.
  const auto before = options.annotations_only
                          ? Result<dataset_folder::SelectedDataset>(dataset_folder::SelectedDataset{options.format, {}})
                          : dataset_folder::select_dataset(store, folder, options.format, options.choice);
  if (!before) return dataset_folder::in_folder(before.error(), folder);
  const auto loaded = dataset_folder::load_dataset(
      store, folder, before->format, out.findings,
      {.check_images = !options.annotations_only, .threads = options.threads, .choice = options.choice});
  if (!loaded) return loaded.error();
  out.format = loaded->format;
  out.statistics = statistics_of(loaded->annotations);
  describe_content(out.statistics, out.facts);
  describe_problems(out.findings, out.facts);
  if (options.annotations_only) return out;
  const auto files = dataset_folder::data_files(before->listing, loaded->format);
  auto digest = dataset_folder::digest_files(store, folder, files, options.threads, loaded->checked_files);
  if (!digest) return digest.error();
  if (auto status = unchanged_since(files, store, folder, loaded->format, options.choice); !status)
    return status.error();
  out.facts.fingerprint = dataset_folder::listing_fingerprint(files);
  out.facts.digest = std::move(digest->digest);
  out.facts.size_bytes = digest->size_bytes;
  out.files = listed_files(std::move(digest->files), *loaded);
  return out;
}

}  // namespace visionops::inspect
