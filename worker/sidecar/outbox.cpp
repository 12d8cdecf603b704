#include "worker/sidecar/outbox.h"

#include <algorithm>
#include <utility>

namespace visionops::sidecar {
namespace {

constexpr std::size_t kPointsPerMessage = 500;
constexpr std::size_t kOthersPerMessage = 48;  // samples, checkpoints, events: each
constexpr std::size_t kMaxPoints = 4'000;
constexpr std::size_t kMaxSamples = 720;
constexpr std::size_t kMaxEvents = 200;

void keep_minimum(std::optional<std::int64_t>& least, const std::optional<std::int64_t>& candidate) {
  if (candidate && (!least || *candidate < *least)) least = candidate;
}

template <class Container>
void remove_front(Container& container, std::size_t count) {
  container.erase(container.begin(), container.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

Outbox::Outbox(contract::RunOwner owner, std::string pod, std::int64_t first_sequence)
    : owner_(std::move(owner)), pod_(std::move(pod)), sequence_(first_sequence) {}

void Outbox::add(contract::Progress progress, std::int64_t offset) {
  progress_ = std::move(progress);
  progress_offset_ = offset;
}

void Outbox::add(contract::MetricPoint point, std::int64_t offset) {
  if (!names_.contains(point.name)) {
    if (names_.size() >= contract::kMaxMetricNames) {
      if (!std::exchange(names_exceeded_, true)) {
        add_event("more than " + std::to_string(contract::kMaxMetricNames) + " metric names: \"" + point.name +
                  "\" and later ones are not sent");
      }
      return;
    }
    names_.insert(point.name);
  }
  points_.push_back({std::move(point), offset});
  drop_excess();
}

void Outbox::drop_excess() {
  if (points_.size() <= kMaxPoints) return;
  points_ = downsample(std::move(points_));
  // A tenth more than needed, so that the next point does not cost a pass again.
  if (points_.size() <= kMaxPoints * 9 / 10) return;
  const std::size_t excess = points_.size() - kMaxPoints * 9 / 10;
  remove_front(points_, excess);
  dropped_points_ += static_cast<std::int64_t>(excess);
}

void Outbox::add_event(std::string event, std::int64_t offset) {
  events_.push_back({std::move(event), offset});
  if (events_.size() > kMaxEvents) events_.pop_front();
}

void Outbox::add_event(std::string event) {
  events_.push_back({std::move(event), std::nullopt});
  if (events_.size() > kMaxEvents) events_.pop_front();
}

void Outbox::add(contract::StoredCheckpoint checkpoint, std::int64_t offset) {
  checkpoints_.push_back({std::move(checkpoint), offset});
}

void Outbox::add(contract::ResourceSample sample) {
  samples_.push_back(std::move(sample));
  if (samples_.size() > kMaxSamples) samples_.pop_front();
}

bool Outbox::empty() const {
  return !under_way_ && !progress_ && points_.empty() && samples_.empty() && checkpoints_.empty() && events_.empty();
}

bool Outbox::full_message() const { return points_.size() >= kPointsPerMessage; }

const std::string& Outbox::message(TimePoint now, bool final) {
  if (under_way_) return under_way_->body;
  points_ = downsample(std::move(points_));
  if (dropped_points_ > 0) {
    add_event(std::to_string(std::exchange(dropped_points_, 0)) + " metric points were dropped, the operator was away");
  }
  contract::TelemetryMessage next;
  next.owner = owner_;
  next.pod = pod_;
  next.sequence = sequence_++;
  next.sent_at = now;
  UnderWay under_way;
  std::size_t max_points = kPointsPerMessage;
  std::size_t max_others = kOthersPerMessage;
  while (true) {
    const bool everything = fill(next, max_points, max_others);
    next.final = final && everything;
    under_way.body = contract::encode(next);
    if (under_way.body.size() <= contract::kMaxTelemetryMessage || (max_points == 0 && max_others <= 1)) break;
    max_points /= 2;
    if (max_points < kOthersPerMessage) max_others = std::max<std::size_t>(1, max_others / 2);
  }
  under_way.offset = oldest_offset();
  under_way.final = next.final;
  remove(next);
  under_way_ = std::move(under_way);
  return under_way_->body;
}

/// True when nothing is left behind.
bool Outbox::fill(contract::TelemetryMessage& message, std::size_t max_points, std::size_t max_others) const {
  message.progress = progress_;
  message.metrics.clear();
  for (std::size_t i = 0; i < std::min(points_.size(), max_points); ++i) message.metrics.push_back(points_[i].point);
  const auto first = [max_others](const auto& queue) {
    return queue.begin() + static_cast<std::ptrdiff_t>(std::min(queue.size(), max_others));
  };
  message.checkpoints.clear();
  std::for_each(checkpoints_.begin(), first(checkpoints_),
                [&](const QueuedStored& c) { message.checkpoints.push_back(c.checkpoint); });
  message.samples.assign(samples_.begin(), first(samples_));
  message.events.clear();
  std::for_each(events_.begin(), first(events_), [&](const QueuedEvent& e) { message.events.push_back(e.text); });
  return message.metrics.size() == points_.size() && message.checkpoints.size() == checkpoints_.size() &&
         message.samples.size() == samples_.size() && message.events.size() == events_.size();
}

void Outbox::remove(const contract::TelemetryMessage& sent) {
  progress_.reset();
  progress_offset_.reset();
  remove_front(points_, sent.metrics.size());
  remove_front(checkpoints_, sent.checkpoints.size());
  remove_front(samples_, sent.samples.size());
  remove_front(events_, sent.events.size());
}

void Outbox::confirm() { under_way_.reset(); }

std::optional<std::int64_t> Outbox::oldest_offset() const {
  std::optional<std::int64_t> least;
  if (under_way_) keep_minimum(least, under_way_->offset);
  keep_minimum(least, progress_offset_);
  if (!points_.empty()) keep_minimum(least, points_.front().offset);
  for (const auto& stored : checkpoints_) keep_minimum(least, stored.offset);
  for (const auto& event : events_) keep_minimum(least, event.offset);
  return least;
}

}  // namespace visionops::sidecar
