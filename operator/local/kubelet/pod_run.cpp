#include "operator/local/kubelet/pod_run.h"

#include <algorithm>

namespace visionops::local {
namespace {

/// Back-off of a sidecar that ends while its worker runs, doubled each time.
constexpr Duration kFirstRestart = std::chrono::seconds(1);
constexpr std::int32_t kMaxDoublings = 6;

int place_of(const ContainerSetup& setup) {
  if (setup.container.sidecar) return 0;
  return setup.container.init ? 1 : 2;
}

Duration restart_delay(std::int32_t restarts) { return kFirstRestart * (1 << std::min(restarts, kMaxDoublings)); }

}  // namespace

PodRun::PodRun(cluster::Pod pod, std::vector<ContainerSetup> containers, Duration grace, ProcessGuard* guard)
    : pod_(std::move(pod)), worker_grace_(grace), sidecar_grace_(grace) {
  std::ranges::stable_sort(containers, {}, place_of);
  for (auto& setup : containers) slots_.push_back({ContainerRun(std::move(setup), guard), std::nullopt});
  acting_ = static_cast<std::size_t>(
      std::ranges::find_if(slots_, [](const Slot& slot) { return !slot.run.container().sidecar; }) - slots_.begin());
}

void PodRun::start(TimePoint now) {
  for (std::size_t i = 0; i <= acting_; ++i) slots_[i].run.start();
  if (!acting().running()) stop_sidecars(now);
}

/// After an init container that ended well, the next one. True when one was started.
bool PodRun::go_on() {
  const auto& state = acting().state();
  const bool well = state.terminated && state.exit_code == 0 && state.signal == 0;
  if (!acting().container().init || !well || stop_ != StopReason::None || acting_ + 1 == slots_.size()) return false;
  slots_[++acting_].run.start();
  return true;
}

void PodRun::stop(TimePoint now, StopReason reason, Duration worker_grace, Duration sidecar_grace) {
  worker_grace_ = std::min(worker_grace_, worker_grace);
  sidecar_grace_ = std::min(sidecar_grace_, sidecar_grace);
  if (stop_ == StopReason::None) {
    stop_ = reason;
    was_working_ = acting().running();
  }
  if (!acting().running()) return stop_sidecars(now);
  slots_[acting_].run.stop(now, worker_grace_);
}

bool PodRun::step(TimePoint now) {
  bool changed = false;
  for (auto& slot : slots_) {
    const bool ended = slot.run.step(now);
    changed = changed || ended;
    if (ended && slot.run.container().sidecar) slot.restart_at = now + restart_delay(slot.run.state().restarts);
  }
  while (!acting().running() && go_on()) changed = true;
  if (acting().running()) return restart_sidecars(now) || changed;
  stop_sidecars(now);
  return changed;
}

void PodRun::stop_sidecars(TimePoint now) {
  for (auto& slot : slots_) {
    slot.restart_at.reset();
    if (slot.run.container().sidecar) slot.run.stop(now, sidecar_grace_);
  }
}

bool PodRun::restart_sidecars(TimePoint now) {
  bool changed = false;
  for (auto& slot : slots_) {
    if (!slot.restart_at || now < *slot.restart_at) continue;
    slot.restart_at.reset();
    slot.run.start();
    if (!slot.run.running()) slot.restart_at = now + restart_delay(slot.run.state().restarts);
    changed = true;
  }
  return changed;
}

bool PodRun::finished() const {
  return std::none_of(slots_.begin(), slots_.end(), [](const Slot& slot) { return slot.run.running(); });
}

std::optional<TimePoint> PodRun::due() const {
  std::optional<TimePoint> due;
  for (const auto& slot : slots_) {
    for (const auto& candidate : {slot.run.due(), slot.restart_at}) {
      if (candidate && (!due || *candidate < *due)) due = candidate;
    }
  }
  return due;
}

void PodRun::add_pidfds(std::vector<int>& out) const {
  for (const auto& slot : slots_) {
    if (slot.run.pidfd() >= 0) out.push_back(slot.run.pidfd());
  }
}

void PodRun::keep_logs_below(std::size_t bytes) const {
  for (const auto& slot : slots_) slot.run.keep_log_below(bytes);
}

/// The work did not reach its own end because we ended it.
bool PodRun::cut_short() const { return stop_ != StopReason::None && was_working_ && acting().state().exit_code != 0; }

void PodRun::write_status(cluster::Pod& live) const {
  live.unschedulable = false;
  live.containers.clear();
  for (const auto& slot : slots_) live.containers.push_back(slot.run.state());
  live.phase = cluster::PodPhase::Running;
  live.reason.clear();
  live.message.clear();
  if (!finished()) return;
  const bool well = !acting().container().init && acting().state().exit_code == 0;
  live.phase = well ? cluster::PodPhase::Succeeded : cluster::PodPhase::Failed;
  if (cut_short() && stop_ == StopReason::NodeShutdown) {
    live.reason = "NodeLost";
    live.message = "visionops was stopped while the Pod ran";
    live.disrupted = true;
  }
}

}  // namespace visionops::local
