#include "operator/runtime/telemetry_board.h"

#include <algorithm>
#include <utility>

#include "operator/runtime/kinds.h"

namespace visionops::runtime {

TelemetryBoard::TelemetryBoard(TelemetryLimits limits) : limits_(limits) {}

FoldResult TelemetryBoard::fold(const contract::TelemetryMessage& message, TimePoint now) {
  const auto& about = message.owner;
  if (about.uid.empty() || !owner_kind(about.kind)) return FoldResult::Refused;
  return state_.with([&](State& state) {
    const auto known = state.owners.find(about.uid);
    if (known == state.owners.end() && state.owners.size() >= limits_.owners) return FoldResult::Refused;
    Owner& owner = known == state.owners.end() ? state.owners[about.uid] : known->second;
    const auto newest = std::pair(owner.telemetry.run(), owner.telemetry.attempt());
    const auto sent = std::pair(about.run, about.attempt);
    if (sent < newest) return FoldResult::Stale;
    if (sent > newest) owner.telemetry = AttemptTelemetry(about.run, about.attempt);
    const FoldResult result = owner.telemetry.fold(message, limits_.pods, now);
    if (result == FoldResult::Changed) wake(state, about, owner, now);
    return result;
  });
}

// Wake-ups are asked for at wake_at, wake_at + interval, ...; a change before wake_at repeats the wish
// for wake_at, because the queue may have served and dropped the earlier one together with another event.
void TelemetryBoard::wake(State& state, const contract::RunOwner& about, Owner& owner, TimePoint now) const {
  if (!state.notify) return;
  if (now >= owner.wake_at) owner.wake_at = std::max(now, owner.wake_at + limits_.notify_interval);
  state.notify({*owner_kind(about.kind), about.namespace_, about.name}, owner.wake_at - now);
}

std::optional<contract::Progress> TelemetryBoard::progress(const std::string& uid, std::int64_t run,
                                                           std::int32_t attempt) const {
  return state_.with([&](const State& state) -> std::optional<contract::Progress> {
    const auto owner = state.owners.find(uid);
    if (owner == state.owners.end()) return std::nullopt;
    const AttemptTelemetry& telemetry = owner->second.telemetry;
    if (telemetry.run() != run || telemetry.attempt() != attempt) return std::nullopt;
    return telemetry.progress();
  });
}

std::optional<core::TrainingTelemetry> TelemetryBoard::training(const std::string& uid) const {
  return state_.with([&](const State& state) -> std::optional<core::TrainingTelemetry> {
    const auto owner = state.owners.find(uid);
    if (owner == state.owners.end()) return std::nullopt;
    return owner->second.telemetry.training();
  });
}

void TelemetryBoard::on_change(TelemetryNotify notify) {
  state_.with([&](State& state) { state.notify = std::move(notify); });
}

void TelemetryBoard::evict(const std::string& uid) {
  state_.with([&](State& state) { state.owners.erase(uid); });
}

std::size_t TelemetryBoard::size() const {
  return state_.with([](const State& state) { return state.owners.size(); });
}

}  // namespace visionops::runtime
