#include "operator/runtime/watch/reflector.h"

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <exception>

#include "base/mutex.h"
#include "operator/runtime/cache/kinds.h"

namespace visionops::runtime {
namespace {

/// A stream that lived this long was a working one even if nothing happened in it.
constexpr Duration kHealthyStream = std::chrono::seconds(5);

void sleep_for(Duration wait, std::stop_token stop) {
  Mutex mutex;
  std::condition_variable_any never;
  MutexLock lock(mutex);
  never.wait_for(lock, stop, wait, [] { return false; });
}

}  // namespace

Reflector::Reflector(cluster::ClusterApi& api, const Clock& clock, ChangeIntake& intake, const Outlets& outlets,
                     WatchTarget target, Jitter jitter)
    : api_(api),
      clock_(clock),
      intake_(intake),
      outlets_(outlets),
      target_(std::move(target)),
      jitter_(std::move(jitter)) {}

Duration Reflector::step(std::stop_token stop) {
  if (position_.phase() == WatchPosition::Phase::Empty) {
    list();
  } else {
    watch(stop);
  }
  return position_.wait(jitter_());
}

void Reflector::run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    Duration wait{};
    try {
      wait = step(stop);
    } catch (const std::exception& e) {
      outlets_.log->error("watching {}: unexpected exception: {}", kind_name(target_.kind), e.what());
      position_.list_failed();
      wait = position_.wait(jitter_());
    }
    if (wait > Duration::zero()) sleep_for(wait, stop);
  }
}

void Reflector::list() {
  std::string version;
  auto options = target_.options;
  options.at_least = intake_.seen(target_.kind);
  const Status listed = api_.list_pages(target_.kind, options, [&](cluster::ListPage page) -> Status {
    version = page.resource_version;
    if (intake_.page_listed(target_.kind, std::move(page))) return {};
    return retry_error("the API server answered with an older state than before (resourceVersion " + version +
                       "); asking again");
  });
  if (!listed) {
    position_.list_failed();
    outlets_.log->warn("listing {}: {}", kind_name(target_.kind), listed.error().message);
    return;
  }
  intake_.listed(target_.kind, version);
  position_.listed(version);
}

void Reflector::watch(std::stop_token stop) {
  const TimePoint opened_at = clock_.now();
  bool delivered = false;
  position_.opened();
  const auto on_change = [&](cluster::Change change) {
    delivered = true;
    position_.advanced(cluster::meta_of(change.object).resource_version);
    intake_.changed(std::move(change));
  };
  const Status how = api_.watch(target_.kind, target_.options, position_.version(), on_change, stop);
  position_.ended(how, delivered || clock_.now() - opened_at >= kHealthyStream);
  if (!stop.stop_requested()) report_end(how);
}

void Reflector::report_end(const Status& how) const {
  if (how) return notify(outlets_.observers.watch_restarted, kind_name(target_.kind), "ended");
  const bool gone = how.error().cls == ErrorClass::Gone;
  notify(outlets_.observers.watch_restarted, kind_name(target_.kind), gone ? "gone" : "error");
  outlets_.log->log(gone ? spdlog::level::info : spdlog::level::warn, "watching {}: {}", kind_name(target_.kind),
                    how.error().message);
}

}  // namespace visionops::runtime
