#include "operator/runtime/leadership/leader_election.h"

#include <algorithm>
#include <condition_variable>

#include "base/mutex.h"

namespace visionops::runtime {

namespace {

void rest(std::chrono::milliseconds time, const std::stop_token& stop) {
  Mutex mutex;
  MutexLock lock(mutex);
  std::condition_variable_any wake;
  wake.wait_for(lock, stop, time, [] { return false; });
}

SteadyTime steady_now() { return std::chrono::steady_clock::now(); }

SteadyTime expiry(const ObservedLease& observed, const LeaseTiming& timing) {
  return observed.changed_at + std::max(timing.lease_duration, observed.duration);
}

}  // namespace

LeaseStep decide_lease(const std::optional<cluster::Lease>& lease, ObservedLease& observed, const std::string& identity,
                       const LeaseTiming& timing, SteadyTime now) {
  if (!lease) return LeaseStep::Create;
  if (lease->meta.resource_version != observed.resource_version) {
    observed = {lease->holder, lease->meta.resource_version, now, std::chrono::seconds(lease->duration_seconds)};
  }
  if (lease->holder == identity) return LeaseStep::Renew;
  if (lease->holder.empty()) return LeaseStep::Acquire;
  return now >= expiry(observed, timing) ? LeaseStep::Acquire : LeaseStep::Wait;
}

std::chrono::milliseconds next_look(const ObservedLease& observed, const std::string& identity,
                                    const LeaseTiming& timing, SteadyTime now) {
  const SteadyTime due = expiry(observed, timing);
  if (observed.holder == identity || observed.holder.empty() || due <= now) return timing.retry_period;
  return std::min(timing.retry_period / 2, std::chrono::ceil<std::chrono::milliseconds>(due - now));
}

LeaderElection::LeaderElection(cluster::ClusterApi& api, const Clock& clock, cluster::ObjectKey lease,
                               std::string identity, LeaseTiming timing)
    : api_(api), clock_(clock), key_(std::move(lease)), identity_(std::move(identity)), timing_(timing) {}

bool LeaderElection::may_write() const {
  if (!leading_) return false;
  const SteadyTime renewed{SteadyTime::duration(renewed_at_.load())};
  return steady_now() - renewed < timing_.renew_deadline;
}

bool LeaderElection::informed() const {
  return steady_now() - SteadyTime(SteadyTime::duration(informed_at_.load())) < timing_.lease_duration;
}

bool LeaderElection::store(cluster::Lease lease, bool create) {
  // The time of the request, not of its reply: the others count from what they can see.
  const auto sent = steady_now();
  auto stored = create ? api_.create(lease) : api_.update(lease);
  if (!stored) return false;
  observed_ = {identity_, cluster::meta_of(*stored).resource_version, sent, timing_.lease_duration};
  renewed_at_ = sent.time_since_epoch().count();
  return true;
}

bool LeaderElection::attempt() {
  auto found = api_.get(key_);
  if (!found && found.error().cls != ErrorClass::NotFound) return false;
  informed_at_ = steady_now().time_since_epoch().count();
  std::optional<cluster::Lease> lease;
  if (found) {
    if (auto* typed = std::get_if<cluster::Lease>(&*found)) lease = *typed;
  }
  const LeaseStep step = decide_lease(lease, observed_, identity_, timing_, steady_now());
  if (step == LeaseStep::Wait) return false;
  cluster::Lease next = lease.value_or(cluster::Lease{});
  next.meta.name = key_.name;
  next.meta.namespace_ = key_.namespace_;
  if (step != LeaseStep::Renew) {
    next.acquire_time = clock_.now();
    next.transitions = lease ? lease->transitions + 1 : 0;
  }
  next.holder = identity_;
  next.duration_seconds =
      static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(timing_.lease_duration).count());
  next.renew_time = clock_.now();
  return store(std::move(next), step == LeaseStep::Create);
}

void LeaderElection::release() {
  auto found = api_.get(key_);
  auto* lease = found ? std::get_if<cluster::Lease>(&*found) : nullptr;
  if (lease == nullptr || lease->holder != identity_) return;
  lease->holder.clear();
  lease->duration_seconds = 1;
  lease->renew_time = clock_.now();
  [[maybe_unused]] const auto released = api_.update(*found);  // else it simply expires
}

void LeaderElection::run(std::stop_token stop, const std::function<void()>& on_lead,
                         const std::function<void()>& on_lose) {
  while (!stop.stop_requested()) {
    const bool held = attempt();
    if (held && !leading_) {
      leading_ = true;
      on_lead();
    }
    if (leading_ && !may_write()) {
      leading_ = false;
      on_lose();
      return;
    }
    rest(next_look(observed_, identity_, timing_, steady_now()), stop);
  }
  if (!leading_) return;
  leading_ = false;
  on_lose();
  release();
}

}  // namespace visionops::runtime
