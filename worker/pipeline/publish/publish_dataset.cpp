#include "worker/pipeline/publish/publish_dataset.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "worker/dataset/folder/digest.h"
#include "worker/pipeline/plan/remaining_annotations.h"
#include "worker/pipeline/plan/written_objects.h"
#include "worker/pipeline/publish/put_file.h"

namespace visionops::pipeline {
namespace {

using annotations::Annotations;
using dataset_folder::Manifest;
using dataset_folder::ManifestFile;

std::string source_name(const contract::PipelineRun& run, std::size_t s) {
  const auto& dataset = run.sources[s].dataset;
  return dataset.name.empty() ? dataset.path : dataset.name;
}

std::string from_text(const contract::PipelineRun& run, std::uint32_t source, const std::string& path) {
  return source_name(run, source) + "/" + path;
}

std::vector<std::uint32_t> skipped_items(const Plan& plan, const std::vector<Part>& parts) {
  std::vector<std::uint32_t> items;
  for (const auto& part : parts) {
    for (const auto& skip : part.skipped) {
      if (skip.item >= 0 && skip.item < static_cast<std::int64_t>(plan.items.size())) {
        items.push_back(static_cast<std::uint32_t>(skip.item));
      }
    }
  }
  std::sort(items.begin(), items.end());
  return items;
}

Result<std::vector<PartFile>> write_dataset_files(const PublishInput& in, const Annotations& a) {
  std::vector<PartFile> files;
  for (const auto& file : in.writer.dataset_files(a, annotations::WriteOptions{in.run.tasks, in.run.output.split})) {
    auto written = put_file(in.output, file.path, file.text);
    if (!written) return written.error();
    files.push_back({file.path, written->size, written->sha256});
  }
  return files;
}

void describe_files(const PublishInput& in, const std::vector<Part>& parts, const std::vector<PartFile>& dataset_files,
                    Manifest& m) {
  std::vector<ManifestFile> files;
  for (const auto& file : dataset_files) files.push_back({file.path, file.size, file.sha256, {}, {}});
  for (const auto& part : parts) {
    for (const auto& file : part.files) files.push_back({file.path, file.size, file.sha256, {}, {}});
  }
  std::sort(files.begin(), files.end(), [](const auto& x, const auto& y) { return x.path < y.path; });
  const auto find = [&](const std::string& path) {
    const auto it =
        std::lower_bound(files.begin(), files.end(), path, [](const auto& f, const auto& p) { return f.path < p; });
    return it != files.end() && it->path == path ? &*it : nullptr;
  };
  for (const auto& item : in.plan.items) {
    auto* file = find(item.destination);
    if (!file) continue;
    file->from = from_text(in.run, item.source, item.source_path);
    file->operations = describe(item.operations);
    if (!item.rename_reason.empty()) m.renames.push_back({file->from, item.destination, item.rename_reason});
    for (const auto& twin : item.twins) {
      m.renames.push_back({from_text(in.run, twin.source, twin.path), item.destination,
                           "has the same bytes as " + file->from + " and is kept once"});
    }
  }
  std::vector<dataset_folder::DataFile> digested;
  for (const auto& file : files) {
    m.size_bytes += file.size;
    digested.push_back({file.path, file.size, file.sha256});
  }
  m.digest = dataset_folder::dataset_digest(std::move(digested));
  m.files = std::move(files);
}

void describe_inputs(const PublishInput& in, Manifest& m) {
  for (std::size_t s = 0; s < in.run.sources.size(); ++s) {
    const auto& dataset = in.run.sources[s].dataset;
    m.inputs.push_back({source_name(in.run, s), dataset.store, dataset.path, dataset.version, dataset.digest,
                        dataset.format, in.counts[s].images, in.counts[s].annotations});
  }
}

void describe_losses(const PublishInput& in, const std::vector<Part>& parts, Manifest& m) {
  m.allow_loss = in.run.allow_loss;
  for (const auto& entry : in.loss.report.entries) m.loss.push_back({entry.kind, entry.count, entry.examples});
  for (const auto& [kind, count] : in.findings.counts()) m.findings.push_back({kind, count});
  for (const auto& left : in.plan.left_out) {
    m.skipped.push_back({from_text(in.run, left.source, left.path), left.kind + ": " + left.message});
  }
  std::vector<std::pair<std::int64_t, const PartSkip*>> skips;
  for (const auto& part : parts) {
    for (const auto& skip : part.skipped) skips.emplace_back(skip.item, &skip);
  }
  std::sort(skips.begin(), skips.end());
  for (const auto& [index, skip] : skips) {
    const auto& item = in.plan.items[static_cast<std::size_t>(index)];
    m.skipped.push_back({from_text(in.run, item.source, item.source_path), skip->kind + ": " + skip->message});
  }
}

Manifest describe_dataset(const PublishInput& in, const Annotations& a) {
  Manifest m;
  m.engine_version = kEngineVersion;
  m.group = in.run.output_group;
  m.type = in.run.output_type;
  m.split = in.run.output.split;
  m.version = in.run.output.version;
  m.format = in.run.output.format;
  m.plan_digest = in.plan.digest;
  m.images = static_cast<std::int64_t>(a.images.size());
  m.annotations = WrittenObjects(a, in.writer, in.run.tasks).count();
  m.classes = static_cast<std::int64_t>(a.categories.size());
  return m;
}

}  // namespace

Result<Manifest> publish_dataset(const PublishInput& in, const std::vector<Part>& parts) {
  const RemainingAnnotations remaining(in.plan.annotations, skipped_items(in.plan, parts));
  const Annotations& a = remaining.get();
  if (a.images.empty()) return not_found_error("no image is left: all files are damaged or missing");
  const auto dataset_files = write_dataset_files(in, a);
  if (!dataset_files) return dataset_files.error();
  Manifest m = describe_dataset(in, a);
  describe_inputs(in, m);
  describe_files(in, parts, *dataset_files, m);
  describe_losses(in, parts, m);
  if (auto swept = in.output.store->sweep(in.output.folder); !swept) return swept.error();
  if (auto synced = in.output.store->sync(); !synced) return synced.error();
  const auto written = put_file(in.output, dataset_folder::kManifestFile, dataset_folder::encode(m));
  if (!written) return written.error();
  return m;
}

std::vector<std::uint32_t> images_not_in(const Manifest& manifest, const Plan& plan) {
  std::unordered_set<std::string_view> present;
  for (const auto& file : manifest.files) present.insert(file.path);
  std::vector<std::uint32_t> absent;
  for (std::size_t i = 0; i < plan.items.size(); ++i) {
    if (!present.count(plan.items[i].destination)) absent.push_back(static_cast<std::uint32_t>(i));
  }
  return absent;
}

}  // namespace visionops::pipeline
