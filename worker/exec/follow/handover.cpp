#include "worker/exec/follow/handover.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "worker/contract/checkpoint_name.h"
#include "worker/exec/follow/checkpoint_copy.h"

namespace visionops::exec {

namespace {

constexpr std::ptrdiff_t kMostWaiting = 2;  // ordinary ones that the sidecar has not answered

std::string name_of(const WholeCheckpoint& checkpoint) {
  const auto file = checkpoint.path.substr(checkpoint.path.rfind('/') + 1);
  return contract::checkpoint_stem(checkpoint.epoch, checkpoint.resumable) +
         (checkpoint.folder ? ".tar" : contract::checkpoint_ending(file));
}

}  // namespace

Handover::Handover(HandoverRules rules, PodCheckpoints pod,
                   std::function<void(const contract::CheckpointWritten&)> announce,
                   std::function<void(const std::string&)> remark)
    : rules_(std::move(rules)),
      pod_(std::move(pod)),
      announce_(std::move(announce)),
      remark_(std::move(remark)),
      best_value_(rules_.best_value),
      newest_epoch_(rules_.resumed_from) {}

/// Where neither the path nor the log tells an epoch, checkpoints are counted.
void Handover::number(std::vector<WholeCheckpoint>& found) const {
  for (auto& checkpoint : found) {
    if (checkpoint.epoch <= 0) checkpoint.epoch = newest_epoch_ + 1;
  }
}

void Handover::choose_best(WholeCheckpoint& checkpoint, const EpochMetrics& metrics) {
  if (rules_.framework_chooses || rules_.metric.empty()) return;
  const auto values = metrics.of(checkpoint.epoch);
  const auto it = values.find(rules_.metric);
  if (it == values.end()) return;
  const bool better = !best_value_ || (rules_.higher_is_better ? it->second > *best_value_ : it->second < *best_value_);
  checkpoint.best = better;
  if (better) best_value_ = it->second;
}

bool Handover::is_behind() const {
  if (!pod_.has_sidecar()) return false;
  return std::ranges::count_if(handed_, [this](const auto& entry) {
           const auto& written = entry.second.written;
           return !written.best && !pod_.answered(written.file);
         }) >= kMostWaiting;
}

/// Of one epoch one file that can be resumed is enough, and the one that a rule calls the best stays it.
bool Handover::is_superseded(const WholeCheckpoint& checkpoint) const {
  if (checkpoint.best) return false;
  const auto there = handed_.find(name_of(checkpoint));
  const bool is_best = there != handed_.end() && there->second.written.best && there->second.path != checkpoint.path;
  const bool is_stripped = !checkpoint.resumable && std::ranges::any_of(handed_, [&](const auto& entry) {
    return entry.second.written.resumable && entry.second.written.epoch == checkpoint.epoch;
  });
  return is_best || is_stripped;
}

void Handover::take(const JobFolder& job, CheckpointWatch& watch, std::vector<WholeCheckpoint> found,
                    const EpochMetrics& metrics, bool last) {
  number(found);
  for (auto& checkpoint : found) choose_best(checkpoint, metrics);
  // The best ones last: their mark stays when an ordinary one has the same name.
  std::ranges::stable_sort(found, {}, [](const auto& c) { return std::tuple(c.best, c.epoch); });
  const auto newest = std::ranges::find_if(found.rbegin(), found.rend(), [](const auto& c) { return !c.best; });
  for (const auto& checkpoint : found) {
    const bool ordinary = !checkpoint.best;
    const bool wanted = last || checkpoint.epoch % rules_.every == 0;
    if (ordinary && (&checkpoint != &*newest || !wanted || is_superseded(checkpoint))) {
      passed_over_ = checkpoint;
      watch.taken(checkpoint);
    } else if (last || !ordinary || !is_behind()) {
      hand_over(job, watch, checkpoint, metrics);
    }
  }
  tidy();
}

void Handover::hand_over(const JobFolder& job, CheckpointWatch& watch, const WholeCheckpoint& checkpoint,
                         const EpochMetrics& metrics) {
  const auto name = name_of(checkpoint);
  const auto copied = copy_checkpoint(job, checkpoint, pod_.folder(), name);
  if (!copied && copied.error().cls == ErrorClass::Conflict) return;  // written anew: it comes again
  watch.taken(checkpoint);
  if (!copied) {
    if (std::exchange(problem_, copied.error().message) != copied.error().message) {
      remark_("The checkpoint " + checkpoint.path + " was not taken: " + copied.error().message);
    }
    return;
  }
  Handed handed;
  handed.path = checkpoint.path;
  handed.written.file = name;
  handed.written.epoch = checkpoint.epoch;
  handed.written.metrics = metrics.of(checkpoint.epoch);
  handed.written.best = checkpoint.best;
  handed.written.resumable = checkpoint.resumable;
  if (checkpoint.best) best_ = name;
  newest_epoch_ = std::max(newest_epoch_, checkpoint.epoch);
  announce_(handed.written);
  handed_[name] = std::move(handed);
}

const Handed* Handover::newest() const {
  const auto it = std::ranges::max_element(handed_, {}, [](const auto& entry) {
    return std::tuple(entry.second.written.epoch, entry.second.written.resumable);
  });
  return it == handed_.end() ? nullptr : &it->second;
}

std::optional<Handed> Handover::finish(const JobFolder& job, CheckpointWatch& watch, const EpochMetrics& metrics) {
  const auto* last = newest();
  if (passed_over_ && (last == nullptr || passed_over_->epoch > last->written.epoch)) {
    hand_over(job, watch, *passed_over_, metrics);
    last = newest();
  }
  if (last == nullptr) return std::nullopt;
  auto handed = *last;
  handed.written.final = true;
  // One of the run's checkpoints is its best in the store, and nobody knows a better one.
  if (best_.empty() && !rules_.has_earlier_best) {
    handed.written.best = true;
    best_ = handed.written.file;
  }
  announce_(handed.written);
  handed_[handed.written.file] = handed;
  return handed;
}

std::optional<Handed> Handover::best() const {
  const auto it = handed_.find(best_);
  return it == handed_.end() ? std::nullopt : std::optional(it->second);
}

void Handover::tidy() const {
  std::set<std::string> keep{best_};
  if (const auto* last = newest()) keep.insert(last->written.file);
  pod_.sweep(keep);
}

}  // namespace visionops::exec
