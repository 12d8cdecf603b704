#include "worker/prepare/start.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "worker/checkpoints/stored_checkpoints.h"
#include "worker/prepare/taken_checkpoint.h"

namespace visionops::prepare {

namespace {

using checkpoints::StoredManifest;
using Store = std::shared_ptr<storage::StorageClient>;
using Manifests = std::vector<StoredManifest>;

/// nullptr: the run has none.
Result<Store> checkpoint_store(const contract::TrainRun& run, const Surroundings& surroundings) {
  if (run.checkpoint_store.empty()) return Store{};
  auto store = surroundings.open_store(run.checkpoint_store);
  return store ? std::move(store) : Result<Store>(store.error().in("checkpoints.store"));
}

Result<Manifests> own_of(const Store& store, const contract::TrainRun& run, const contract::RunOwner& owner,
                         const checkpoints::Remark& foreign) {
  if (!store) return Manifests{};
  auto own = checkpoints::own_checkpoints(*store, run, owner, foreign);
  return own ? std::move(own) : Result<Manifests>(own.error().in("checkpoints"));
}

Status verify(storage::StorageClient& store, const contract::StoredCheckpoint& checkpoint) {
  const auto found = store.digest(checkpoint.path);
  if (!found) return found.error();
  const bool equal = found->sha256 == checkpoint.sha256 && found->size == checkpoint.bytes;
  return equal ? Status() : Status(invalid_error("is not the file that its manifest describes"));
}

contract::TrainFacts facts_of(const contract::TrainRun& run, const StoredManifest& last, const StoredManifest& best) {
  contract::TrainFacts facts;
  facts.epochs = last.checkpoint.epoch;
  facts.best_epoch = best.checkpoint.epoch;
  facts.metrics = best.metrics;
  if (const auto value = best.metrics.find(run.early_stopping_metric); value != best.metrics.end()) {
    facts.best_metric = value->first;
    facts.best_value = value->second;
  }
  facts.model = best.checkpoint;
  facts.last = last.checkpoint;
  facts.early_stopped = last.checkpoint.epoch < run.epochs;
  facts.resumed_from_epoch = last.checkpoint.epoch;
  facts.image_size = run.image_size;
  return facts;
}

std::string after(std::int32_t epoch) { return "after epoch " + std::to_string(epoch); }

/// Without a checkpoint when there is none that can be used.
Result<Start> from_own(const Store& store, const Manifests& own, const std::filesystem::path& folder,
                       const Surroundings& surroundings) {
  for (const auto& manifest : own) {
    if (!manifest.resumable) continue;
    const auto& checkpoint = manifest.checkpoint;
    const auto path = take_checkpoint(*store, checkpoint, folder);
    if (path) {
      surroundings.remark("Goes on from " + checkpoint.path + ", " + after(checkpoint.epoch));
      Start start;
      start.checkpoint = path->string();
      start.epoch = checkpoint.epoch;
      if (const auto best = std::ranges::find_if(own, &StoredManifest::best); best != own.end()) {
        start.best = best->checkpoint;
        start.best_metrics = best->metrics;
      }
      return start;
    }
    if (!checkpoints::only_this_file(path.error())) return path.error().in("checkpoints");
    surroundings.remark(checkpoints::cannot_use(checkpoint.path, path.error().message));
  }
  return Start{};
}

Result<Start> from_other(const Store& store, const contract::TrainRun& run, const std::filesystem::path& folder,
                         const Surroundings& surroundings) {
  if (!store) return invalid_error("resumeFrom: needs checkpoints.store");
  const auto other = checkpoints::find_other_run(*store, run);
  if (!other) return other.error().in("resumeFrom");
  const auto& manifests = other->manifests;
  const auto newest = std::ranges::find_if(manifests, &StoredManifest::resumable);
  const bool goes_on = !other->finished && newest != manifests.end() && newest->checkpoint.epoch < run.epochs;
  const auto best = std::ranges::find_if(manifests, &StoredManifest::best);
  const auto& chosen = goes_on ? *newest : best == manifests.end() ? manifests.front() : *best;
  const auto path = take_checkpoint(*store, chosen.checkpoint, folder);
  if (!path) return path.error().in("resumeFrom");
  surroundings.remark(goes_on ? "Continues " + chosen.checkpoint.path + ", " + after(chosen.checkpoint.epoch)
                              : "Starts with the weights of " + chosen.checkpoint.path);
  Start start;
  start.checkpoint = path->string();
  start.epoch = goes_on ? chosen.checkpoint.epoch : 0;
  start.weights_only = !goes_on;
  return start;
}

}  // namespace

Result<std::optional<contract::TrainFacts>> find_end(const contract::TrainRun& run, const contract::RunOwner& owner,
                                                     const Surroundings& surroundings) {
  using Facts = std::optional<contract::TrainFacts>;
  const auto store = checkpoint_store(run, surroundings);
  if (!store) return store.error();
  const auto own = own_of(*store, run, owner, {});
  if (!own) return own.error();
  const auto last = std::ranges::find_if(*own, &StoredManifest::final);
  if (last == own->end()) return Facts{};
  const auto marked = std::ranges::find_if(*own, &StoredManifest::best);
  const auto best = marked == own->end() ? last : marked;
  for (const auto& manifest : {last, best}) {
    const auto verified = verify(**store, manifest->checkpoint);
    if (verified) continue;
    if (!checkpoints::only_this_file(verified.error())) return verified.error().in("checkpoints");
    surroundings.remark(checkpoints::cannot_use(manifest->checkpoint.path, verified.error().message));
    return Facts{};
  }
  return Facts{facts_of(run, *last, *best)};
}

Result<Start> find_start(const contract::TrainRun& run, const contract::RunOwner& owner,
                         const std::filesystem::path& folder, bool goes_on, const Surroundings& surroundings) {
  const auto store = checkpoint_store(run, surroundings);
  if (!store) return store.error();
  const auto own = own_of(*store, run, owner, surroundings.remark);
  if (!own) return own.error();
  auto start = goes_on ? from_own(*store, *own, folder, surroundings) : Start{};
  if (!start || !start->checkpoint.empty() || (run.resume_path.empty() && run.resume_digest.empty())) return start;
  return from_other(*store, run, folder, surroundings);
}

}  // namespace visionops::prepare
