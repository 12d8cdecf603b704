#include "operator/runtime/telemetry/telemetry_fold.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace visionops::runtime {
namespace {

using contract::MetricPoint;
using contract::Progress;

/// A silence longer than this is worth a look when it ends: TelemetryHealthy may have been lost.
constexpr Duration kNoticeableSilence = std::chrono::seconds(15);
constexpr std::size_t kMaxGpus = 1'024;
constexpr std::size_t kMaxNameLength = 64;
/// Weight of the newest epoch in the running mean: recent speed counts more than the first, slow epoch.
constexpr double kNewestEpochWeight = 0.5;

/// In the order of work; an unknown word comes before all.
int stage_rank(const std::string& text) {
  const auto stage = parse_enum<contract::Stage>(text);
  return stage ? 1 + static_cast<int>(*stage) : 0;
}

double part_done(const Progress& progress) {
  if (progress.total <= 0) return 0;
  return std::clamp(static_cast<double>(progress.done) / static_cast<double>(progress.total), 0.0, 1.0);
}

bool same(const Progress& a, const Progress& b) {
  return a.stage == b.stage && a.done == b.done && a.total == b.total && a.epoch == b.epoch && a.epochs == b.epochs;
}

}  // namespace

std::string_view to_string(FoldResult result) {
  switch (result) {
    case FoldResult::Changed:
      return "changed";
    case FoldResult::Unchanged:
      return "unchanged";
    case FoldResult::Duplicate:
      return "duplicate";
    case FoldResult::Stale:
      return "stale";
    case FoldResult::Unknown:
      return "unknown";
    case FoldResult::Refused:
      return "refused";
  }
  return "";
}

ProgressRank rank_of(const Progress& progress) {
  return {progress.epoch, stage_rank(progress.stage), part_done(progress)};
}

FoldResult AttemptTelemetry::fold(const contract::TelemetryMessage& message, std::size_t max_pods, TimePoint now) {
  if (!pods_.contains(message.pod) && pods_.size() >= max_pods) return FoldResult::Refused;
  Pod& pod = pods_[message.pod];
  // A restarted sidecar counts from the start again; its clock tells it from a replay.
  if (message.sequence <= pod.sequence && message.sent_at <= pod.sent_at) return FoldResult::Duplicate;
  pod.sequence = message.sequence;
  pod.sent_at = message.sent_at;

  bool changed = now - heartbeat_ > kNoticeableSilence;
  heartbeat_ = std::max(heartbeat_, now);
  if (message.progress) changed |= fold_progress(pod, *message.progress, message.sent_at);
  changed |= fold_metrics(message.metrics);
  changed |= fold_checkpoints(message.checkpoints);
  changed |= fold_gpus(message.pod, message.samples);
  return changed ? FoldResult::Changed : FoldResult::Unchanged;
}

bool AttemptTelemetry::fold_progress(Pod& pod, const Progress& progress, TimePoint sent_at) {
  if (pod.progress && rank_of(progress) < rank_of(*pod.progress)) return false;
  pod.progress = progress;
  time_epoch(progress, sent_at);
  const auto sum = sum_over_pods();
  if (shown_ && (rank_of(*sum) < rank_of(*shown_) || same(*sum, *shown_))) return false;
  shown_ = sum;
  return true;
}

std::optional<Progress> AttemptTelemetry::sum_over_pods() const {
  const Progress* furthest = nullptr;
  const auto position = [](const Progress& p) { return std::pair(p.epoch, stage_rank(p.stage)); };
  for (const auto& [name, pod] : pods_) {
    if (pod.progress && (furthest == nullptr || position(*pod.progress) > position(*furthest)))
      furthest = &*pod.progress;
  }
  if (furthest == nullptr) return std::nullopt;
  Progress sum = *furthest;
  sum.done = sum.total = 0;
  for (const auto& [name, pod] : pods_) {
    if (!pod.progress || position(*pod.progress) != position(*furthest)) continue;
    sum.done += pod.progress->done;
    sum.total += pod.progress->total;
  }
  return sum;
}

void AttemptTelemetry::time_epoch(const Progress& progress, TimePoint sent_at) {
  if (progress.epochs == 0) return;
  if (!epoch_began_ || sent_at < epoch_began_->second) {
    epoch_began_ = {progress.epoch, sent_at};
    return;
  }
  const auto [epoch, began] = *epoch_began_;
  if (progress.epoch <= epoch) return;
  const double seconds = std::chrono::duration<double>(sent_at - began).count() / (progress.epoch - epoch);
  seconds_per_epoch_ =
      seconds_per_epoch_ ? kNewestEpochWeight * seconds + (1 - kNewestEpochWeight) * *seconds_per_epoch_ : seconds;
  epoch_began_ = {progress.epoch, sent_at};
}

bool AttemptTelemetry::fold_metrics(const std::vector<MetricPoint>& metrics) {
  bool changed = false;
  for (const auto& point : metrics) {
    if (point.name.empty() || point.name.size() > kMaxNameLength || !std::isfinite(point.value)) continue;
    const auto known = latest_.find(point.name);
    if (known == latest_.end()) {
      if (latest_.size() >= contract::kMaxMetricNames) continue;
      latest_.emplace(point.name, point);
      changed = true;
    } else if (std::pair(point.step, point.at) >= std::pair(known->second.step, known->second.at)) {
      changed |= known->second.value != point.value || known->second.epoch != point.epoch;
      known->second = point;
    }
  }
  return changed;
}

bool AttemptTelemetry::fold_checkpoints(const std::vector<contract::StoredCheckpoint>& checkpoints) {
  bool changed = false;
  for (const auto& stored : checkpoints) {
    if (checkpoint_ && stored.epoch < checkpoint_->epoch) continue;
    changed |= !checkpoint_ || stored.sha256 != checkpoint_->sha256 || stored.path != checkpoint_->path;
    checkpoint_ = stored;
  }
  return changed;
}

bool AttemptTelemetry::fold_gpus(const std::string& pod, const std::vector<contract::ResourceSample>& samples) {
  bool changed = false;
  for (const auto& sample : samples) {
    if (sample.gpu_index < 0 || sample.gpu_name.empty() || sample.gpu_name.size() > kMaxNameLength) continue;
    if (gpus_.size() >= contract::kMaxMetricNames && !gpus_.contains(sample.gpu_name)) continue;
    auto& devices = gpus_[sample.gpu_name];
    if (devices.size() < kMaxGpus) changed |= devices.emplace(pod, sample.gpu_index).second;
  }
  return changed;
}

core::TrainingTelemetry AttemptTelemetry::training() const {
  core::TrainingTelemetry view;
  view.identity = identity_;
  view.run = run_;
  view.attempt = attempt_;
  view.progress = shown_;
  view.latest = latest_;
  view.checkpoint = checkpoint_;
  for (const auto& [name, devices] : gpus_) {
    if (!view.gpu.empty()) view.gpu += ", ";
    if (devices.size() > 1) view.gpu += std::to_string(devices.size()) + "x ";
    view.gpu += name;
  }
  view.seconds_per_epoch = seconds_per_epoch_;
  view.heartbeat = heartbeat_;
  return view;
}

}  // namespace visionops::runtime
