#include "worker/train/engine/checkpoints/resume.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "worker/checkpoints/stored_checkpoints.h"
#include "worker/train/engine/checkpoints/made_of.h"

namespace visionops::train {
namespace {

using Store = std::shared_ptr<storage::StorageClient>;
using checkpoints::cannot_use;
using checkpoints::only_this_file;
using checkpoints::open_checkpoint_store;
using checkpoints::StoredManifest;

/// One place where a checkpoint may be; `read` gives verified bytes.
struct Candidate {
  std::int32_t epoch = 0;
  std::string name;  ///< for people
  std::function<Result<std::string>()> read;
};

Result<std::vector<StoredManifest>> own_manifests(const Store& store, const ThisRun& run, const Remark& foreign) {
  if (!store) return std::vector<StoredManifest>{};
  return checkpoints::own_checkpoints(*store, run.spec, run.owner, foreign);
}

Result<std::vector<Candidate>> own_candidates(const Store& store, const ThisRun& run, PodCheckpoints& pod,
                                              const Remark& foreign) {
  std::vector<Candidate> candidates;
  for (const auto epoch : pod.epochs()) {
    const auto name = checkpoint_name(epoch);
    candidates.push_back({epoch, name, [&pod, name] { return pod.read(name); }});
  }
  const auto manifests = own_manifests(store, run, foreign);
  if (!manifests) return manifests.error();
  for (const auto& manifest : *manifests) {
    const auto checkpoint = manifest.checkpoint;
    candidates.push_back(
        {checkpoint.epoch, checkpoint.path, [store, checkpoint] { return read_stored(*store, checkpoint); }});
  }
  std::ranges::stable_sort(candidates, std::ranges::greater{}, &Candidate::epoch);
  return candidates;
}

Result<CheckpointNote> note_of(const std::string& bytes) {
  const auto text = TrainedNetwork::read_note(bytes);
  return text ? decode_checkpoint_note(*text) : Result<CheckpointNote>(text.error());
}

/// The state of a run with an equal network.
Result<CheckpointNote> take_up(const std::string& bytes, const ThisRun& run, TrainedNetwork& network) {
  auto note = note_of(bytes);
  if (!note) return note;
  // In the Pod, and in the file itself: a manifest that is right about its bytes may still be another's.
  if (!note->made_of.empty() && note->made_of != made_of(run.spec)) {
    return invalid_error("it was made of other data or with other settings");
  }
  if (note->design != run.design) return invalid_error("it is of another network, input size or set of classes");
  const auto loaded = network.load(bytes);
  return loaded ? std::move(note) : Result<CheckpointNote>(loaded.error());
}

StartingPoint point_of(CheckpointNote note, const ThisRun& run) {
  auto& at = note.progress;
  if (note.batch_size != run.spec.batch_size || at.step_in_epoch >= run.steps_per_epoch) {
    at.step_in_epoch = 0;  // the steps of that epoch were other images
    at.losses = {};
  }
  return {std::move(at), note.finished};
}

std::string position(const StartingPoint& point) {
  auto text = "after epoch " + std::to_string(point.progress.epoch);
  if (point.progress.step_in_epoch > 0) text += " and " + std::to_string(point.progress.step_in_epoch) + " steps";
  return text;
}

Result<std::optional<StartingPoint>> from_own(const std::vector<Candidate>& candidates, const ThisRun& run,
                                              TrainedNetwork& network, const Remark& remark) {
  for (const auto& candidate : candidates) {
    const auto bytes = candidate.read();
    if (!bytes && !only_this_file(bytes.error())) return bytes.error();
    auto note = bytes ? take_up(*bytes, run, network) : Result<CheckpointNote>(bytes.error());
    if (note) {
      auto point = point_of(*std::move(note), run);
      remark("Resumes from " + candidate.name + ", " + position(point));
      return std::optional(std::move(point));
    }
    remark(cannot_use(candidate.name, note.error().message));
  }
  return std::optional<StartingPoint>{};
}

Result<StartingPoint> from_foreign(const Store& store, const ThisRun& run, TrainedNetwork& network,
                                   const Remark& remark) {
  if (!store) return invalid_error("resumeFrom: needs checkpoints.store");
  const auto found = checkpoints::find_other_run(*store, run.spec);
  if (!found) return found.error().in("resumeFrom");
  const auto& manifests = found->manifests;

  const auto newest = read_stored(*store, manifests.front().checkpoint);
  if (!newest) return newest.error().in("resumeFrom");
  const auto note = note_of(*newest);
  if (!note) return note.error().in("resumeFrom: " + manifests.front().checkpoint.path);
  const bool finished = found->finished || note->finished;
  if (!finished && note->design == run.design && note->progress.epoch < run.spec.epochs) {
    if (const auto loaded = network.load(*newest); !loaded) return loaded.error().in("resumeFrom");
    auto point = point_of(*note, run);
    point.progress.best = {};  // its file is the other run's
    point.progress.best_metrics = {};
    remark("Continues " + manifests.front().checkpoint.path + ", " + position(point));
    return point;
  }
  const auto best = std::ranges::find_if(manifests, &StoredManifest::best);
  const auto& chosen = best == manifests.end() ? manifests.front() : *best;
  const auto bytes = read_stored(*store, chosen.checkpoint);
  if (!bytes) return bytes.error().in("resumeFrom");
  const auto kept = network.load_weights(*bytes);
  if (!kept) return kept.error().in("resumeFrom: " + chosen.checkpoint.path);
  remark("Starts with the weights of " + chosen.checkpoint.path +
         (*kept > 0 ? "; " + std::to_string(*kept) + " tensors of another shape start at random" : ""));
  return StartingPoint{};
}

}  // namespace

Result<StartingPoint> find_start(const ThisRun& run, PodCheckpoints& pod, TrainedNetwork& network,
                                 const Remark& remark) {
  const auto store = open_checkpoint_store(run.spec);
  if (!store) return store.error();
  const auto candidates = own_candidates(*store, run, pod, remark);
  if (!candidates) return candidates.error().in("checkpoints");
  auto own = from_own(*candidates, run, network, remark);
  if (!own) return own.error().in("checkpoints");
  if (*own) return **std::move(own);
  if (!run.spec.resume_path.empty() || !run.spec.resume_digest.empty())
    return from_foreign(*store, run, network, remark);
  return StartingPoint{};
}

Result<std::string> read_checkpoint(const ThisRun& run, PodCheckpoints& pod, std::int32_t epoch) {
  auto here = pod.read(checkpoint_name(epoch));
  if (here) return here;
  const auto stored = find_stored(run, epoch);
  if (!stored) return not_found_error("is neither in the Pod nor in the store");
  const auto store = open_checkpoint_store(run.spec);
  return store ? read_stored(**store, *stored) : Result<std::string>(store.error());
}

std::optional<contract::StoredCheckpoint> find_stored(const ThisRun& run, std::int32_t epoch) {
  const auto store = open_checkpoint_store(run.spec);
  if (!store) return std::nullopt;
  const auto manifests = own_manifests(*store, run, {});
  if (!manifests) return std::nullopt;
  for (const auto& manifest : *manifests) {
    if (manifest.checkpoint.epoch == epoch) return manifest.checkpoint;
  }
  return std::nullopt;
}

}  // namespace visionops::train
