#include "operator/commands/run/run_watch.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <thread>

#include "operator/assembly/interruption.h"
#include "operator/present/live_table.h"

namespace visionops::commands {

namespace {

using Steady = std::chrono::steady_clock;

constexpr auto kFrame = std::chrono::milliseconds(200);
/// Longer than the words of a status may lag behind (docs/conditions.md): the last message is true.
constexpr auto kPatience = std::chrono::seconds(6);

/// Longer than a word of telemetry needs into the status.
constexpr auto kLastWords = std::chrono::milliseconds(1200);

bool any(const std::vector<Settlement>& all, Rest rest) {
  return std::ranges::any_of(all, [rest](const auto& s) { return s.rest == rest; });
}

bool any_left(cluster::ClusterApi& api, const std::vector<Leaving>& all) {
  return std::ranges::any_of(all, [&](const Leaving& leaving) {
    const auto object = api.get(leaving.key);
    return object && cluster::meta_of(*object).uid == leaving.uid;
  });
}

bool any_pod_works(cluster::ClusterApi& api) {
  const auto pods = api.list(cluster::Kind::Pod, {});
  return !pods || std::ranges::any_of(pods->items, [](const auto& object) {
    const auto* pod = std::get_if<cluster::Pod>(&object);
    return pod != nullptr && !pod->node.empty() && pod->phase != cluster::PodPhase::Succeeded &&
           pod->phase != cluster::PodPhase::Failed;
  });
}

/// Whatever moves may be what another waits for: a Dataset, or room on the node.
bool anything_moves(cluster::ClusterApi& api, const std::vector<cluster::Object>& objects) {
  return any_pod_works(api) ||
         std::ranges::any_of(objects, [](const auto& o) { return settlement_of(o).rest == Rest::Moving; });
}

/// A trainer that has just failed: its sidecar goes on telling for a moment, and storing.
bool failed_just_now(const std::vector<cluster::Object>& objects, TimePoint now) {
  return std::ranges::any_of(objects, [now](const auto& object) {
    const auto* job = std::get_if<api::TrainingJob>(&object);
    return job != nullptr && job->status.phase == api::Phase::Failed && job->status.attempt > 0 &&
           job->status.finished_at && now - *job->status.finished_at < kPatience;
  });
}

std::vector<cluster::ObjectKey> keys_of(const Watched& watched) {
  auto keys = watched.keys;
  if (!watched.others) return keys;
  for (const auto& key : watched.others()) {
    if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

}  // namespace

std::vector<Settlement> settlements(cluster::ClusterApi& api, const std::vector<cluster::ObjectKey>& keys) {
  std::vector<Settlement> out;
  for (const auto& key : keys) {
    const auto object = api.get(key);
    out.push_back(object ? settlement_of(*object) : Settlement{Rest::Failed, "deleted"});
  }
  return out;
}

Result<std::vector<cluster::Object>> all_resources(cluster::ClusterApi& api) {
  std::vector<cluster::Object> out;
  for (const auto kind : cluster::kOurKinds) {
    auto found = api.list(kind, {});
    if (!found) return found.error();
    std::ranges::move(found->items, std::back_inserter(out));
  }
  return out;
}

WatchEnd watch_until_rest(cluster::ClusterApi& api, const Watched& watched) {
  LiveTable table(stdout);
  const auto start = Steady::now();
  const auto limit = std::chrono::seconds(watched.timeout_seconds);
  auto moved_at = start;
  auto end = WatchEnd::Interrupted;
  while (!interrupted()) {
    const auto now = Steady::now();
    const auto objects = all_resources(api);
    if (!objects) {
      end = WatchEnd::ClusterLost;
      break;
    }
    table.show(*objects, SystemClock().now());
    const auto states = settlements(api, keys_of(watched));
    const bool still = all_at_rest(states) && !any_left(api, watched.leaving);
    const bool waits = any(states, Rest::Waiting);
    const bool listens = failed_just_now(*objects, SystemClock().now());
    if (!still || (waits && anything_moves(api, *objects)) || (listens && any_pod_works(api))) moved_at = now;
    end = WatchEnd::AtRest;
    const auto patience = waits     ? Steady::duration(kPatience)
                          : listens ? Steady::duration(kLastWords)
                                    : Steady::duration::zero();
    if (still && now - moved_at >= patience) break;
    end = WatchEnd::TimedOut;
    if (watched.timeout_seconds > 0 && now - start >= limit) break;
    end = WatchEnd::Interrupted;
    std::this_thread::sleep_for(kFrame);
  }
  table.finish();
  return end;
}

}  // namespace visionops::commands
