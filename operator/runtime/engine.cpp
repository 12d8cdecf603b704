#include "operator/runtime/engine.h"

#include "operator/runtime/cache/kinds.h"

namespace visionops::runtime {
namespace {

/// How long an idle worker sleeps before it looks at the time of the next resync.
constexpr Duration kIdleWait = std::chrono::seconds(30);

}  // namespace

Engine::Engine(cluster::ClusterApi& api, const Clock& clock, TelemetryBoard& board, EngineSettings settings,
               Outlets outlets)
    : clock_(clock),
      board_(board),
      settings_(std::move(settings)),
      outlets_(std::move(outlets)),
      queue_(clock, outlets_.observers.queue, kReconcileBackoff, settings_.make_jitter()),
      intake_(cache_, queue_, board, outlets_),
      writer_(api, clock, cache_, intake_, outlets_, settings_.own_write_patience),
      pods_(api, clock, cache_, intake_),
      start_warnings_(api, clock, cache_),
      controller_(writer_, pods_, start_warnings_, refused_creates_, queue_, board,
                  {cache_, board, settings_.platform, clock, start_warnings_, refused_creates_}, outlets_),
      next_resync_(clock.now() + settings_.resync_interval) {
  std::vector<cluster::Kind> kinds(kWatchedKinds.begin(), kWatchedKinds.end());
  if (settings_.platform.kueue) kinds.insert(kinds.end(), kQueueKinds.begin(), kQueueKinds.end());
  for (const auto kind : kinds) {
    reflectors_.push_back(std::make_unique<Reflector>(
        api, clock, intake_, outlets_, WatchTarget{kind, {settings_.namespace_, {}}}, settings_.make_jitter()));
  }
  board_.on_change([this](const cluster::ObjectKey& owner, Duration delay) { queue_.add_after(owner, delay); });
}

Engine::~Engine() { board_.on_change({}); }

bool Engine::run_one() {
  if (!synced()) return false;
  resync_if_due();
  const auto item = queue_.try_take();
  if (!item) return false;
  controller_.work(*item);
  return true;
}

void Engine::run_worker(std::stop_token stop) {
  if (!intake_.wait_synced(stop)) return;
  while (!stop.stop_requested() && !queue_.closed()) {
    resync_if_due();
    if (const auto item = queue_.take(stop, kIdleWait)) controller_.work(*item);
  }
}

FoldResult Engine::take(const contract::TelemetryMessage& message) {
  if (!has_owner(message.owner)) return FoldResult::Unknown;
  const auto result = board_.fold(message, clock_.now());
  if (has_owner(message.owner)) return result;
  board_.evict(message.owner.uid);  // it went in between: nobody else would
  return FoldResult::Unknown;
}

ObjectPtr Engine::find(const cluster::ObjectKey& key) const {
  return cache_.with([&](const ObjectCache& cache) { return cache.find(key); });
}

bool Engine::has_owner(const contract::RunOwner& owner) const {
  const auto found = cache_.with([&](const ObjectCache& cache) { return cache.owner(owner.uid); });
  return found && found->namespace_ == owner.namespace_ && found->name == owner.name &&
         found->kind == owner_kind(owner.kind);
}

void Engine::resync_if_due() {
  const TimePoint now = clock_.now();
  const bool due = next_resync_.with([&](TimePoint& next) {
    if (now < next) return false;
    next = now + settings_.resync_interval;
    return true;
  });
  if (due) intake_.resync();
}

}  // namespace visionops::runtime
