#include "worker/checkpoints/stored_checkpoints.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <tuple>
#include <utility>

#include "base/json.h"
#include "worker/contract/checkpoint_index.h"
#include "worker/contract/checkpoint_name.h"

namespace visionops::checkpoints {
namespace {

constexpr std::int64_t kMaxManifestBytes = std::int64_t{64} << 10;
constexpr std::int64_t kMaxIndexBytes = 4096;

std::map<std::string, double> metrics_of(const Json& json) {
  std::map<std::string, double> metrics;
  if (!json.is_object()) return metrics;
  for (const auto& [name, value] : json.items()) {
    if (value.is_number()) metrics.emplace(name, value.get<double>());
  }
  return metrics;
}

/// Only the members that are needed here; the sidecar may add others.
std::optional<StoredManifest> parse_manifest(const std::string& text, const std::string& folder) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto is = [&](const char* key, bool (Json::*kind)() const noexcept) {
    return json.is_object() && json.contains(key) && (json[key].*kind)();
  };
  if (!is("epoch", &Json::is_number_integer) || !is("bytes", &Json::is_number_integer) ||
      !is("sha256", &Json::is_string) || !is("file", &Json::is_string)) {
    return std::nullopt;
  }
  StoredManifest manifest;
  const auto file = json["file"].get<std::string>();
  manifest.checkpoint.path = file.find('/') == std::string::npos ? folder + "/" + file : file;
  manifest.checkpoint.sha256 = json["sha256"].get<std::string>();
  manifest.checkpoint.bytes = json["bytes"].get<std::int64_t>();
  manifest.checkpoint.epoch = json["epoch"].get<std::int32_t>();
  if (is("ownerUid", &Json::is_string)) manifest.made_by.owner_uid = json["ownerUid"].get<std::string>();
  if (is("run", &Json::is_number_integer)) manifest.made_by.run = json["run"].get<std::int64_t>();
  if (is("identity", &Json::is_string)) manifest.made_by.identity = json["identity"].get<std::string>();
  if (json.contains("metrics")) manifest.metrics = metrics_of(json["metrics"]);
  manifest.best = is("best", &Json::is_boolean) && json["best"].get<bool>();
  manifest.final = is("final", &Json::is_boolean) && json["final"].get<bool>();
  const auto name = contract::parse_checkpoint_name(file);
  manifest.resumable = !name || name->resumable;
  return manifest;
}

bool is_manifest(const storage::FileInfo& file) {
  const auto name = contract::parse_checkpoint_name(file.path);
  return !file.directory && name && name->ending == contract::kManifestEnding;
}

/// Of the run with this folder, or of the one file in it that `path` names.
Result<OtherRun> other_run_at(storage::StorageClient& store, const std::string& path) {
  const bool is_file = contract::parse_checkpoint_name(path).has_value();
  auto manifests = list_stored(store, is_file ? std::filesystem::path(path).parent_path().string() : path);
  if (!manifests) return manifests.error();
  OtherRun run;
  run.finished = std::ranges::any_of(*manifests, &StoredManifest::final);
  if (is_file) std::erase_if(*manifests, [&](const StoredManifest& m) { return m.checkpoint.path != path; });
  if (manifests->empty()) return not_found_error("there is no verified checkpoint in " + path);
  run.manifests = *std::move(manifests);
  return run;
}

/// Of the checkpoint with the digest that the spec names.
Result<OtherRun> other_run_of_digest(storage::StorageClient& store, const contract::TrainRun& run) {
  const auto& digest = run.resume_digest;
  const auto index = contract::checkpoint_index_path(run.checkpoint_path, digest);
  if (index.empty()) return invalid_error(digest + " cannot be looked for beside " + run.checkpoint_path);
  const auto text = store.read(index, kMaxIndexBytes);
  if (!text && text.error().cls != ErrorClass::NotFound) return text.error();
  const auto path = text ? text_of(Json::parse(*text, nullptr, /*allow_exceptions=*/false), "path") : std::string();
  if (path.empty()) {
    return not_found_error("no checkpoint with digest " + digest + " is in store " + run.checkpoint_store +
                           " (there is no " + index +
                           "); name its file by resumeFrom.path if it was stored by an earlier version");
  }
  auto found = other_run_at(store, path);
  if (!found) return found;
  if ("sha256:" + found->manifests.front().checkpoint.sha256 != digest) {
    return not_found_error(path + " had digest " + digest + " once, and has another one now");
  }
  return found;
}

}  // namespace

Result<std::vector<StoredManifest>> list_stored(storage::StorageClient& store, const std::string& path) {
  const auto files = store.list(path, /*recursive=*/false);
  std::vector<StoredManifest> found;
  if (!files) return files.error().cls == ErrorClass::NotFound ? Result(std::move(found)) : files.error();
  for (const auto& file : *files) {
    if (!is_manifest(file)) continue;
    const auto text = store.read(file.path, kMaxManifestBytes);
    if (!text && text.error().cls == ErrorClass::Retry) return text.error();
    if (!text) continue;
    if (auto manifest = parse_manifest(*text, path)) found.push_back(std::move(*manifest));
  }
  std::ranges::stable_sort(found, std::ranges::greater{},
                           [](const StoredManifest& m) { return std::tuple(m.checkpoint.epoch, m.resumable); });
  return found;
}

std::string cannot_use(const std::string& name, const std::string& why) {
  return "The checkpoint " + name + " cannot be used: " + why;
}

Result<std::vector<StoredManifest>> own_checkpoints(storage::StorageClient& store, const contract::TrainRun& run,
                                                    const contract::RunOwner& owner, const Remark& foreign) {
  if (run.checkpoint_path.empty()) return std::vector<StoredManifest>{};
  auto manifests = list_stored(store, run.checkpoint_path);
  if (!manifests) return manifests;
  std::erase_if(*manifests, [&](const StoredManifest& m) {
    const auto why = contract::why_not_of(owner, m.made_by);
    if (!why.empty() && foreign) foreign(cannot_use(m.checkpoint.path, why));
    return !why.empty();
  });
  return manifests;
}

Result<OtherRun> find_other_run(storage::StorageClient& store, const contract::TrainRun& run) {
  return run.resume_digest.empty() ? other_run_at(store, run.resume_path) : other_run_of_digest(store, run);
}

Result<std::shared_ptr<storage::StorageClient>> open_checkpoint_store(const contract::TrainRun& run) {
  using Store = std::shared_ptr<storage::StorageClient>;
  if (run.checkpoint_store.empty()) return Store{};
  auto store = storage::open_store(run.checkpoint_store);
  return store ? std::move(store) : Result<Store>(store.error().in("checkpoints.store"));
}

bool only_this_file(const Error& error) {
  return error.cls == ErrorClass::Invalid || error.cls == ErrorClass::NotFound;
}

}  // namespace visionops::checkpoints
