// What waits to be sent to the operator, and the messages made of it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "worker/contract/telemetry.h"
#include "worker/sidecar/downsample.h"

namespace visionops::sidecar {

/// Bounded: an operator that is away for hours costs metrics and samples, oldest first, but never the newest
/// progress and no checkpoint. Not thread-safe.
class Outbox {
 public:
  /// `first_sequence`: of the first message.
  Outbox(contract::RunOwner owner, std::string pod, std::int64_t first_sequence);

  // `offset`: where the line starts in the telemetry file.
  void add(contract::Progress progress, std::int64_t offset);
  void add(contract::MetricPoint point, std::int64_t offset);
  void add(contract::StoredCheckpoint checkpoint, std::int64_t offset);
  void add_event(std::string event, std::int64_t offset);
  // Not from the telemetry file.
  void add(contract::ResourceSample sample);
  void add_event(std::string event);

  /// Something is waiting, or was sent and not yet confirmed.
  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::size_t points() const { return points_.size(); }
  /// Enough for a full message.
  [[nodiscard]] bool full_message() const;

  /// The message to send next: the one under way again when it was not confirmed, else a new one of what
  /// waits (a heartbeat when nothing does). At most 64 KiB.
  const std::string& message(TimePoint now, bool final);
  [[nodiscard]] bool under_way() const { return under_way_.has_value(); }
  [[nodiscard]] bool final_under_way() const { return under_way_ && under_way_->final; }
  /// The message under way was delivered, or can never be.
  void confirm();

  /// Of the next new message.
  [[nodiscard]] std::int64_t sequence() const { return sequence_; }
  /// Start of the oldest line that is not delivered yet; nullopt when all are.
  [[nodiscard]] std::optional<std::int64_t> oldest_offset() const;

 private:
  struct QueuedEvent {
    std::string text;
    std::optional<std::int64_t> offset;
  };
  struct QueuedStored {
    contract::StoredCheckpoint checkpoint;
    std::int64_t offset = 0;
  };
  struct UnderWay {
    std::string body;
    std::optional<std::int64_t> offset;
    bool final = false;
  };
  bool fill(contract::TelemetryMessage& message, std::size_t max_points, std::size_t max_others) const;
  void remove(const contract::TelemetryMessage& sent);
  void drop_excess();

  contract::RunOwner owner_;
  std::string pod_;
  std::int64_t sequence_;
  std::optional<contract::Progress> progress_;
  std::optional<std::int64_t> progress_offset_;
  std::vector<QueuedPoint> points_;
  std::deque<contract::ResourceSample> samples_;
  std::deque<QueuedStored> checkpoints_;
  std::deque<QueuedEvent> events_;
  std::set<std::string> names_;
  bool names_exceeded_ = false;
  std::int64_t dropped_points_ = 0;
  std::optional<UnderWay> under_way_;
};

}  // namespace visionops::sidecar
