#include "operator/local/kubelet/pod_run.h"

#include <algorithm>

namespace visionops::local {
namespace {

/// Back-off of a sidecar that ends while its worker runs, doubled each time.
constexpr Duration kFirstRestart = std::chrono::seconds(1);
constexpr std::int32_t kMaxDoublings = 6;

Duration restart_delay(std::int32_t restarts) { return kFirstRestart * (1 << std::min(restarts, kMaxDoublings)); }

}  // namespace

PodRun::PodRun(cluster::Pod pod, std::vector<ContainerSetup> containers, Duration grace, ProcessGuard* guard)
    : pod_(std::move(pod)), worker_grace_(grace), sidecar_grace_(grace) {
  std::stable_sort(containers.begin(), containers.end(), [](const ContainerSetup& a, const ContainerSetup& b) {
    return a.container.sidecar && !b.container.sidecar;
  });
  for (auto& setup : containers) slots_.push_back({ContainerRun(std::move(setup), guard), std::nullopt});
}

const ContainerRun& PodRun::worker() const {
  return std::find_if(slots_.begin(), slots_.end(), [](const Slot& slot) { return !slot.run.container().sidecar; })
      ->run;
}

void PodRun::start(TimePoint now) {
  for (auto& slot : slots_) slot.run.start();
  if (!worker().running()) stop_sidecars(now);
}

void PodRun::stop(TimePoint now, StopReason reason, Duration worker_grace, Duration sidecar_grace) {
  worker_grace_ = std::min(worker_grace_, worker_grace);
  sidecar_grace_ = std::min(sidecar_grace_, sidecar_grace);
  if (stop_ == StopReason::None) {
    stop_ = reason;
    worker_was_running_ = worker().running();
  }
  if (!worker().running()) return stop_sidecars(now);
  for (auto& slot : slots_) {
    if (!slot.run.container().sidecar) slot.run.stop(now, worker_grace_);
  }
}

bool PodRun::step(TimePoint now) {
  bool changed = false;
  for (auto& slot : slots_) {
    const bool ended = slot.run.step(now);
    changed = changed || ended;
    if (ended && slot.run.container().sidecar) slot.restart_at = now + restart_delay(slot.run.state().restarts);
  }
  if (worker().running()) return restart_sidecars(now) || changed;
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

/// The worker did not reach its own end because we ended it.
bool PodRun::cut_short() const {
  return stop_ != StopReason::None && worker_was_running_ && worker().state().exit_code != 0;
}

void PodRun::write_status(cluster::Pod& live) const {
  live.unschedulable = false;
  live.containers.clear();
  for (const auto& slot : slots_) live.containers.push_back(slot.run.state());
  live.phase = cluster::PodPhase::Running;
  live.reason.clear();
  live.message.clear();
  if (!finished()) return;
  live.phase = worker().state().exit_code == 0 ? cluster::PodPhase::Succeeded : cluster::PodPhase::Failed;
  if (cut_short() && stop_ == StopReason::NodeShutdown) {
    live.reason = "NodeLost";
    live.message = "visionops was stopped while the Pod ran";
    live.disrupted = true;
  }
}

}  // namespace visionops::local
