// Events about objects, for people: bounded per object, repeats counted instead of kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/json_fwd.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::local {

struct StoredEvent {
  cluster::EventType type = cluster::EventType::Normal;
  std::string reason;
  std::string message;  ///< at most 1 KiB of valid UTF-8
  std::int64_t count = 1;
  TimePoint first_seen{};
  TimePoint last_seen{};
};

Json to_json(const StoredEvent& event);
/// Total: what is missing or malformed keeps its default.
StoredEvent event_from_json(const Json& json);

/// Not thread-safe; the ObjectStore guards it.
class EventLog {
 public:
  explicit EventLog(std::size_t per_object) : per_object_(per_object) {}
  /// The stored event: a new one, or the newest equal one counted up.
  StoredEvent add(const cluster::ObjectKey& about, const cluster::Event& event, TimePoint now);
  /// Puts back what add returned; used when the journal is read.
  void restore(const cluster::ObjectKey& about, const StoredEvent& event);
  void forget(const cluster::ObjectKey& about) { events_.erase(about); }
  /// Oldest first.
  [[nodiscard]] std::vector<StoredEvent> list(const cluster::ObjectKey& about) const;
  [[nodiscard]] const std::map<cluster::ObjectKey, std::deque<StoredEvent>>& all() const { return events_; }

 private:
  std::size_t per_object_;
  std::map<cluster::ObjectKey, std::deque<StoredEvent>> events_;
};

}  // namespace visionops::local
