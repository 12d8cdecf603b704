#include "operator/runtime/telemetry/telemetry_board.h"

#include <algorithm>
#include <utility>

#include "operator/runtime/cache/kinds.h"

namespace visionops::runtime {

TelemetryBoard::TelemetryBoard(TelemetryLimits limits) : limits_(limits) {}

FoldResult TelemetryBoard::fold(const contract::TelemetryMessage& message, TimePoint now) {
  const auto& about = message.owner;
  if (about.uid.empty() || !owner_kind(about.kind)) return FoldResult::Unknown;
  return state_.with([&](State& state) {
    const OwnerKey key{about.uid, about.identity};
    const auto known = state.owners.find(key);
    if (known == state.owners.end() && state.owners.size() >= limits_.owners) return FoldResult::Refused;
    Owner& owner = known == state.owners.end() ? state.owners[key] : known->second;
    const auto newest = std::pair(owner.telemetry.run(), owner.telemetry.attempt());
    const auto sent = std::pair(about.run, about.attempt);
    if (sent < newest) return FoldResult::Stale;
    if (sent > newest) owner.telemetry = AttemptTelemetry(about.run, about.attempt, about.identity);
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

const TelemetryBoard::Owner* TelemetryBoard::find(const State& state, const std::string& uid,
                                                  const std::string& identity) {
  auto found = state.owners.find({uid, identity});
  if (found == state.owners.end()) found = state.owners.find({uid, ""});
  return found == state.owners.end() ? nullptr : &found->second;
}

std::optional<contract::Progress> TelemetryBoard::progress(const std::string& uid, const std::string& identity,
                                                           std::int64_t run, std::int32_t attempt) const {
  return state_.with([&](const State& state) -> std::optional<contract::Progress> {
    const Owner* owner = find(state, uid, identity);
    if (owner == nullptr) return std::nullopt;
    const AttemptTelemetry& telemetry = owner->telemetry;
    if (telemetry.run() != run || telemetry.attempt() != attempt) return std::nullopt;
    return telemetry.progress();
  });
}

std::optional<core::TrainingTelemetry> TelemetryBoard::training(const std::string& uid,
                                                                const std::string& identity) const {
  return state_.with([&](const State& state) -> std::optional<core::TrainingTelemetry> {
    const Owner* owner = find(state, uid, identity);
    if (owner == nullptr) return std::nullopt;
    return owner->telemetry.training();
  });
}

void TelemetryBoard::on_change(TelemetryNotify notify) {
  state_.with([&](State& state) { state.notify = std::move(notify); });
}

void TelemetryBoard::evict(const std::string& uid) {
  state_.with([&](State& state) {
    const auto first = state.owners.lower_bound({uid, ""});
    const auto end =
        std::find_if(first, state.owners.end(), [&](const auto& entry) { return entry.first.first != uid; });
    state.owners.erase(first, end);
  });
}

std::size_t TelemetryBoard::size() const {
  return state_.with([](const State& state) { return state.owners.size(); });
}

}  // namespace visionops::runtime
