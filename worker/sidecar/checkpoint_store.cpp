#include "worker/sidecar/checkpoint_store.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/fields/field_table.h"
#include "base/json.h"
#include "base/quantity.h"
#include "worker/contract/checkpoint_index.h"
#include "worker/contract/checkpoint_name.h"
#include "worker/sidecar/kept_log.h"

namespace visionops::sidecar {
namespace {

using storage::IfExists;

constexpr std::int64_t kMaxManifestBytes = 64 * 1024;
constexpr std::int64_t kMaxCheckpointBytes = std::int64_t{256} << 30;
constexpr std::string_view kBest = "best";

std::string answer_of(const std::string& file) { return "stored/" + file + ".json"; }

bool is_missing(const Error& error) { return error.cls == ErrorClass::NotFound; }

/// Whatever is wrong with the store now (unmounted, full, in the way), an administrator can repair it while the
/// checkpoint waits; only the trainer's own file can be hopeless.
Error of_store(const Error& error) { return retry_error(error.message); }

Status without_missing(Status status) { return !status && is_missing(status.error()) ? Status() : status; }

}  // namespace

CheckpointStore::CheckpointStore(std::shared_ptr<storage::StorageClient> pod,
                                 std::shared_ptr<storage::StorageClient> answers,
                                 std::shared_ptr<storage::StorageClient> store, std::string folder, std::int32_t keep,
                                 contract::RunOwner owner)
    : pod_(std::move(pod)),
      answers_(std::move(answers)),
      store_(std::move(store)),
      folder_(std::move(folder)),
      keep_(static_cast<std::size_t>(std::max(1, keep))),
      owner_(std::move(owner)) {}

Status CheckpointStore::keep_log() { return sidecar::keep_log(*pod_, *store_, folder_, owner_.attempt); }

Result<contract::StoredCheckpoint> CheckpointStore::store(const contract::CheckpointWritten& written) {
  if (written.file.find('/') != std::string::npos) return invalid_error(written.file + ": is not the name of a file");
  const std::string source = "checkpoints/" + written.file;
  if (const auto present = pod_->stat(source); !present) {
    return is_missing(present.error()) ? acknowledged(written.file) : present.error();
  } else if (present->size > kMaxCheckpointBytes) {
    return invalid_error(source + ": has " + format_bytes(present->size) + ", at most " +
                         format_bytes(kMaxCheckpointBytes) + " are stored");
  }
  CheckpointManifest manifest;
  manifest.owner_uid = owner_.uid;
  manifest.run = owner_.run;
  manifest.identity = owner_.identity;
  manifest.epoch = written.epoch;
  manifest.file =
      contract::checkpoint_stem(written.epoch, written.resumable) + contract::checkpoint_ending(written.file);
  manifest.metrics = written.metrics;
  manifest.best = written.best;
  manifest.final = written.final;
  auto digest = copy_verified(source, manifest, manifest.bytes);
  if (!digest) return digest.error();
  manifest.sha256 = std::move(*digest);
  if (written.best) {
    if (auto status = mark_best(manifest); !status) return of_store(status.error());
  }
  if (auto status = store_->sweep(folder_); !status) return of_store(status.error());
  if (auto status = store_->sync(); !status) return of_store(status.error());
  if (auto status = write_manifest(manifest); !status) return of_store(status.error());
  if (written.best) {
    if (auto status = demote_other_bests(manifest.file); !status) return of_store(status.error());
  }
  const contract::StoredCheckpoint stored{path_of(manifest.file), manifest.sha256, manifest.bytes, written.epoch};
  if (auto status = index(stored); !status) return of_store(status.error());
  if (auto status = acknowledge(written.file, stored); !status) return status.error();
  (void)remove_old(manifest.file);  // tidying; what stays now goes with the next checkpoint
  return stored;
}

void CheckpointStore::skip(const contract::CheckpointWritten& written) {
  (void)answers_->write("skipped/" + written.file, "", IfExists::Replace);  // at worst its file goes with the Pod
}

/// Nothing that is remembered counts here, only the bytes.
Result<contract::StoredCheckpoint> CheckpointStore::read_back(const CheckpointManifest& manifest) {
  const auto path = path_of(manifest.file);
  const auto found = store_->digest(path);
  if (!found) return found.error();
  if (found->sha256 != manifest.sha256 || found->size != manifest.bytes) {
    return invalid_error(path + " in the store is not the file that was stored");
  }
  return contract::StoredCheckpoint{path, found->sha256, found->size, manifest.epoch};
}

contract::SidecarWord CheckpointStore::read_back() {
  contract::SidecarWord word{owner_.uid, owner_.run, owner_.attempt, owner_.identity, {}, {}, ""};
  const auto fail = [&word](const std::string& why) {
    word.model.reset();
    word.last.reset();
    word.problem = why;
    return word;
  };
  auto all = manifests();
  if (!all && !is_missing(all.error())) return fail(all.error().message);
  if (!all) all = std::vector<CheckpointManifest>{};
  std::erase_if(*all, [this](const auto& m) { return m.owner_uid != owner_.uid || m.run != owner_.run; });
  if (all->empty()) return fail("no checkpoint of this run is in the store");
  if (!all->front().final) return fail("the newest checkpoint in the store is not the final one of its run");
  const auto best = std::find_if(all->begin(), all->end(), [](const auto& m) { return m.best; });
  auto last = read_back(all->front());
  if (!last) return fail(last.error().message);
  auto model = best == all->end() || best == all->begin() ? last : read_back(*best);
  if (!model) return fail(model.error().message);
  word.last = *std::move(last);
  word.model = *std::move(model);
  return word;
}

/// The digest of the copy as read back, which equals that of the source.
Result<std::string> CheckpointStore::copy_verified(const std::string& source, const CheckpointManifest& manifest,
                                                   std::int64_t& bytes) {
  const auto target = path_of(manifest.file);
  const auto expected = pod_->digest(source);
  if (!expected) return expected.error();
  if (const auto there = store_->digest(target); !there || there->sha256 != expected->sha256) {
    // An earlier checkpoint of this epoch stops to exist before its bytes do.
    const auto described = path_of(manifest_name(manifest));
    if (auto status = without_missing(store_->remove(described)); !status) return of_store(status.error());
    (void)answers_->remove(answer_of(source.substr(source.rfind('/') + 1)));  // of the earlier one
    const auto copied = store_->copy_from(*pod_, source, target, ImageMode::Copy, IfExists::Replace);
    if (!copied) return of_store(copied.error());
    const auto stored = store_->digest(target);
    if (!stored) return of_store(stored.error());
    if (stored->sha256 != expected->sha256 || stored->size != expected->size) {
      (void)store_->remove(target);
      return retry_error(target + ": the copy in the store differs from the file of the trainer");
    }
  }
  bytes = expected->size;
  return expected->sha256;
}

Result<contract::StoredCheckpoint> CheckpointStore::acknowledged(const std::string& file) {
  const auto text = answers_->read(answer_of(file), kMaxManifestBytes);
  if (!text) return text.error();
  const auto json = parse_json(*text);
  if (!json) return json.error();
  Problems problems;
  auto stored = decode_fields<contract::StoredCheckpoint>(*json, "", problems);
  if (!problems.empty()) return invalid_error(describe(problems));
  return stored;
}

Status CheckpointStore::acknowledge(const std::string& file, const contract::StoredCheckpoint& stored) {
  const auto written = answers_->write(answer_of(file), dump_json(encode_fields(stored)), IfExists::Replace);
  return written ? Status() : Status(written.error());
}

/// Newest epoch first, of one epoch the final one and then what can be resumed; what is no manifest of ours is left
/// alone.
Result<std::vector<CheckpointManifest>> CheckpointStore::manifests() {
  const auto files = store_->list(folder_, false);
  if (!files) return files.error();
  std::vector<CheckpointManifest> found;
  for (const auto& file : *files) {
    if (!is_manifest(file.path)) continue;
    const auto text = store_->read(file.path, kMaxManifestBytes);
    if (!text) continue;
    auto manifest = decode_manifest(*text);
    if (manifest && path_of(manifest_name(*manifest)) == file.path) found.push_back(std::move(*manifest));
  }
  std::ranges::sort(found, std::ranges::greater{},
                    [](const auto& m) { return std::tuple(m.epoch, m.final, m.resumable()); });
  return found;
}

Status CheckpointStore::write_manifest(const CheckpointManifest& manifest) {
  const auto path = path_of(manifest_name(manifest));
  const auto written = store_->write(path, encode(manifest), IfExists::Replace);
  return written ? Status() : Status(written.error());
}

Status CheckpointStore::index(const contract::StoredCheckpoint& stored) {
  const auto path = contract::checkpoint_index_path(folder_, stored.sha256);
  if (path.empty()) return {};
  const auto written = store_->write(path, dump_json(encode_fields(stored)), IfExists::Replace);
  return written ? Status() : Status(written.error());
}

/// Equal runs make equal files: the entry may be of another one that keeps its own.
void CheckpointStore::drop_from_index(const CheckpointManifest& manifest) {
  const auto path = contract::checkpoint_index_path(folder_, manifest.sha256);
  if (path.empty()) return;
  const auto text = store_->read(path, kMaxManifestBytes);
  if (text && text_of(Json::parse(*text, nullptr, false), "path") == path_of(manifest.file)) (void)store_->remove(path);
}

/// Another name of its file, and no older one beside it.
Status CheckpointStore::mark_best(const CheckpointManifest& manifest) {
  const auto name = std::string(kBest) + contract::parse_checkpoint_name(manifest.file)->ending;
  const auto best =
      store_->copy_from(*store_, path_of(manifest.file), path_of(name), ImageMode::Link, IfExists::Replace);
  if (!best) return best.error();
  const auto files = store_->list(folder_, false);
  if (!files) return files.error();
  for (const auto& file : *files) {
    const bool other = file.path.starts_with(path_of(std::string(kBest) + ".")) && file.path != path_of(name);
    if (!other || file.directory) continue;
    if (auto status = without_missing(store_->remove(file.path)); !status) return status;
  }
  return {};
}

/// There is one best at a time; others lose the mark, and with it their protection.
Status CheckpointStore::demote_other_bests(const std::string& file) {
  auto all = manifests();
  if (!all) return all.error();
  for (auto& manifest : *all) {
    if (!manifest.best || manifest.file == file) continue;
    manifest.best = false;
    if (auto status = write_manifest(manifest); !status) return status;
  }
  return {};
}

/// Manifest first: a checkpoint that is being removed no longer exists. The newest one that a run can go on from stays,
/// however many models follow it.
Status CheckpointStore::remove_old(const std::string& current) {
  const auto all = manifests();
  if (!all) return all.error();
  std::set<std::string> kept;
  std::size_t ordinary = 0;
  bool resumable = false;
  for (const auto& manifest : *all) {
    const bool newest = manifest.resumable() && !std::exchange(resumable, true);
    if (manifest.best || manifest.final || newest || ordinary < keep_ || manifest.file == current) {
      kept.insert({path_of(manifest.file), path_of(manifest_name(manifest))});
    } else {
      drop_from_index(manifest);
    }
    ++ordinary;
  }
  const auto files = store_->list(folder_, false);
  if (!files) return files.error();
  for (const bool manifests : {true, false}) {
    for (const auto& file : *files) {
      if (file.directory || is_manifest(file.path) != manifests || kept.contains(file.path)) continue;
      if (!contract::parse_checkpoint_name(file.path)) continue;
      if (auto status = without_missing(store_->remove(file.path)); !status) return status;
    }
  }
  return {};
}

}  // namespace visionops::sidecar
