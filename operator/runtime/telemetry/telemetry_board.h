// The newest telemetry of each resource and run identity, folded from the messages of its sidecars. A resource that
// lost its status begins at run 1 again: what an earlier run still sends must not stand in its way. In memory only:
// what must survive a restart stands in status, the history in PostgreSQL.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/locked.h"
#include "operator/cluster/cluster_api.h"
#include "operator/core/observed.h"
#include "operator/runtime/telemetry/telemetry_fold.h"
#include "worker/contract/telemetry.h"

namespace visionops::runtime {

struct TelemetryLimits {
  Duration notify_interval{5'000};  ///< at most one wake-up of a resource in this time
  std::size_t owners = 20'000;      ///< runs with telemetry at a time; more are refused
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

  /// Summed over the shards of this attempt; never goes backwards. nullopt: no telemetry of exactly this run and
  /// attempt. Here and below, sidecars that name no identity (of an earlier version) are heard when none names this.
  [[nodiscard]] std::optional<contract::Progress> progress(const std::string& uid, const std::string& identity,
                                                           std::int64_t run, std::int32_t attempt) const;
  /// Of the newest run and attempt that sent anything.
  [[nodiscard]] std::optional<core::TrainingTelemetry> training(const std::string& uid,
                                                                const std::string& identity) const;

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
  using OwnerKey = std::pair<std::string, std::string>;  ///< uid, identity
  struct State {
    std::map<OwnerKey, Owner> owners;
    TelemetryNotify notify;
  };
  static const Owner* find(const State& state, const std::string& uid, const std::string& identity);
  void wake(State& state, const contract::RunOwner& about, Owner& owner, TimePoint now) const;

  const TelemetryLimits limits_;
  Locked<State> state_;
};

}  // namespace visionops::runtime
