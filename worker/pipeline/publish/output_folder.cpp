#include "worker/pipeline/publish/output_folder.h"

#include <optional>

#include "worker/pipeline/publish/part.h"

namespace visionops::pipeline {
namespace {

using dataset_folder::Manifest;
using storage::FileInfo;
using storage::IfExists;

constexpr std::int64_t kMaxPlanFile = 1024;
/// In place of a plan's digest.
constexpr const char* kDisowned = "none: the sources changed while they were read";

std::string plan_file(const SourceFolder& output) { return path_in(output.folder, std::string(kWorkFolder) + "/plan"); }

std::string shown(const SourceFolder& output) { return output.folder.empty() ? "the output folder" : output.folder; }

Result<std::optional<Manifest>> read_manifest(const SourceFolder& output) {
  const auto text =
      output.store->read(path_in(output.folder, dataset_folder::kManifestFile), dataset_folder::kMaxManifestBytes);
  if (!text) {
    if (text.error().cls == ErrorClass::NotFound) return std::optional<Manifest>{};
    return text.error();
  }
  auto manifest = dataset_folder::decode_manifest(*text);
  if (!manifest)
    return conflict_error(shown(output) + " has a manifest.json that is none: " + manifest.error().message);
  return std::optional<Manifest>{*std::move(manifest)};
}

Result<std::vector<FileInfo>> files_in(const SourceFolder& output) {
  auto listed = output.store->list(output.folder, true);
  if (!listed && listed.error().cls == ErrorClass::NotFound) return std::vector<FileInfo>{};
  return listed;
}

Result<std::optional<std::string>> owner_of(const SourceFolder& output) {
  auto text = output.store->read(plan_file(output), kMaxPlanFile);
  if (text) return std::optional<std::string>{*std::move(text)};
  if (text.error().cls == ErrorClass::NotFound) return std::optional<std::string>{};
  return text.error();
}

Status gone_is_fine(const Status& removed) {
  return removed.ok() || removed.error().cls == ErrorClass::NotFound ? Status{} : removed;
}

/// The plan file goes last: until then every later call sees that there is something to clear.
Status clear_folder(const SourceFolder& output, const std::vector<FileInfo>& files) {
  for (const auto& file : files) {
    if (file.directory || file.path == plan_file(output)) continue;
    if (auto status = gone_is_fine(output.store->remove(file.path)); !status) return status;
  }
  return {};
}

Result<FolderClaim> write_plan_file(const SourceFolder& output, const std::string& plan_digest, IfExists if_exists,
                                    bool resumed) {
  const auto written = output.store->write(plan_file(output), plan_digest, if_exists);
  if (written) return FolderClaim{Claimed{resumed}};
  // Another shard of another plan came first; the next attempt sorts it out.
  if (written.error().cls == ErrorClass::AlreadyExists) return FolderClaim{WaitForFirstShard{}};
  return written.error();
}

}  // namespace

Result<FolderClaim> claim_folder(const SourceFolder& output, const std::string& plan_digest, std::int32_t shard) {
  auto manifest = read_manifest(output);
  if (!manifest) return manifest.error();
  if (*manifest) {
    if ((*manifest)->plan_digest == plan_digest) return FolderClaim{AlreadyPublished{**std::move(manifest)}};
    return conflict_error(shown(output) + " holds a version with another plan (" + (*manifest)->plan_digest +
                          ", this one is " + plan_digest +
                          "); a version never changes: choose another version or remove that one");
  }
  // Listed before the plan file is read: files of another shard imply that its plan file is there.
  const auto files = files_in(output);
  if (!files) return files.error();
  const auto owner = owner_of(output);
  if (!owner) return owner.error();
  if (!*owner) {
    if (files->empty()) return write_plan_file(output, plan_digest, IfExists::KeepEqual, true);
    return conflict_error(shown(output) + " is not empty and has no manifest.json; first file: " + files->front().path);
  }
  if (**owner == plan_digest) return FolderClaim{Claimed{true}};
  if (shard != 0) return FolderClaim{WaitForFirstShard{}};
  if (auto status = clear_folder(output, *files); !status) return status.error();
  return write_plan_file(output, plan_digest, IfExists::Replace, false);
}

Status disown_folder(const SourceFolder& output) {
  const auto owner = owner_of(output);
  if (!owner) return owner.error();
  if (!*owner) return {};
  const auto written = output.store->write(plan_file(output), kDisowned, IfExists::Replace);
  return written ? Status{} : Status{written.error()};
}

Status release_folder(const SourceFolder& output) {
  const auto work = path_in(output.folder, kWorkFolder);
  const auto files = output.store->list(work, true);
  if (!files) return files.error().cls == ErrorClass::NotFound ? Status{} : Status{files.error()};
  for (const auto& file : *files) {
    if (auto status = gone_is_fine(output.store->remove(file.path)); !status) return status;
  }
  return gone_is_fine(output.store->remove(work));
}

}  // namespace visionops::pipeline
