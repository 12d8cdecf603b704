#include "operator/runtime/pass/status_pace.h"

#include "base/json.h"

namespace visionops::runtime {
namespace {

/// Above this many entries those that are out of date are dropped.
constexpr std::size_t kSweepAbove = 256;

Json without_words(const cluster::Object& object) {
  const Json json = cluster::encode(object);
  const auto found = json.find("status");
  if (found == json.end()) return Json::object();
  Json status = *found;
  status.erase("message");
  if (const auto conditions = status.find("conditions"); conditions != status.end()) {
    for (auto& condition : *conditions) condition.erase("message");
  }
  return status;
}

}  // namespace

bool differs_in_words_only(const cluster::Object& a, const cluster::Object& b) {
  return !same_status(a, b) && without_words(a) == without_words(b);
}

std::optional<Duration> StatusPace::wait(const cluster::Object& seen, const Intent& intent, TimePoint now) {
  if (!intent.actions.empty() || !intent.events.empty() || !intent.records.empty()) return std::nullopt;
  const auto last = written_.with([&](const auto& written) -> std::optional<TimePoint> {
    const auto found = written.find(cluster::key_of(seen));
    return found == written.end() ? std::nullopt : std::optional(found->second);
  });
  if (!last || now - *last >= kWordsPace) return std::nullopt;
  if (!differs_in_words_only(seen, with_status(seen, intent.status))) return std::nullopt;
  return *last + kWordsPace - now;
}

void StatusPace::wrote(const cluster::ObjectKey& key, TimePoint now) {
  written_.with([&](auto& written) {
    written[key] = now;
    if (written.size() > kSweepAbove)
      std::erase_if(written, [&](const auto& e) { return now - e.second >= kWordsPace; });
  });
}

}  // namespace visionops::runtime
