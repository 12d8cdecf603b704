// The newest telemetry of each resource, folded from the messages of its sidecars. In memory only:
// what must survive a restart stands in status, the history in PostgreSQL.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "operator/cluster/cluster_api.h"
#include "operator/core/observed.h"
#include "operator/runtime/locked.h"
#include "operator/runtime/telemetry_fold.h"
#include "worker/contract/telemetry.h"

namespace visionops::runtime {

struct TelemetryLimits {
  Duration notify_interval{5'000};  ///< at most one wake-up of a resource in this time
  std::size_t owners = 20'000;      ///< resources with telemetry at a time; more are refused
  std::size_t pods = 1'024;         ///< per resource and attempt
};

/// Wakes `owner` after `delay` (zero: now). Must not call back into the board.
using TelemetryNotify = std::function<void(const cluster::ObjectKey& owner, Duration delay)>;

/// All functions may be called from any thread.
class TelemetryBoard {
 public:
  explicit TelemetryBoard(TelemetryLimits limits = {});

  /// Takes one message of a sidecar that arrived at `now`. Wakes the owner when something changed,
  /// throttled; the last change always leads to a wake-up after it.
  FoldResult fold(const contract::TelemetryMessage& message, TimePoint now);

  /// Summed over the shards of this attempt; never goes backwards. nullopt: no telemetry of exactly
  /// this run and attempt.
  [[nodiscard]] std::optional<contract::Progress> progress(const std::string& uid, std::int64_t run,
                                                           std::int32_t attempt) const;
  /// Of the newest run and attempt that sent anything.
  [[nodiscard]] std::optional<core::TrainingTelemetry> training(const std::string& uid) const;

  /// Replaces the receiver of wake-ups; empty: nobody is woken. After it returns the former receiver is
  /// not called any more.
  void on_change(TelemetryNotify notify);
  /// The resource is gone or finished.
  void evict(const std::string& uid);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Owner {
    AttemptTelemetry telemetry;
    TimePoint wake_at{};  ///< the newest wake-up that was asked for
  };
  struct State {
    std::map<std::string, Owner> owners;
    TelemetryNotify notify;
  };
  void wake(State& state, const contract::RunOwner& about, Owner& owner, TimePoint now) const;

  const TelemetryLimits limits_;
  Locked<State> state_;
};

}  // namespace visionops::runtime
