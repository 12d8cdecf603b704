#include "operator/runtime/pass/status_refusals.h"

namespace visionops::runtime {

std::optional<Duration> StatusRefusals::wait(const cluster::Object& resource, TimePoint now) const {
  const auto& meta = cluster::meta_of(resource);
  return refusals_.with([&](const auto& refusals) -> std::optional<Duration> {
    const auto found = refusals.find(cluster::key_of(resource));
    if (found == refusals.end()) return std::nullopt;
    const Refusal& last = found->second;
    const bool same = last.uid == meta.uid && last.resource_version == meta.resource_version;
    if (!same || now - last.at >= kRefusalPause) return std::nullopt;
    return last.at + kRefusalPause - now;
  });
}

bool StatusRefusals::refused(const cluster::Object& resource, TimePoint now) {
  const auto& meta = cluster::meta_of(resource);
  return refusals_.with([&](auto& refusals) {
    Refusal& last = refusals[cluster::key_of(resource)];
    const bool news = last.uid != meta.uid || last.resource_version != meta.resource_version;
    last = {meta.uid, meta.resource_version, now};
    return news;
  });
}

void StatusRefusals::forget(const cluster::ObjectKey& key) {
  refusals_.with([&](auto& refusals) { refusals.erase(key); });
}

}  // namespace visionops::runtime
