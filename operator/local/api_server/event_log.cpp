#include "operator/local/api_server/event_log.h"

#include "base/json.h"
#include "base/readable_text.h"

namespace visionops::local {
namespace {

constexpr std::size_t kMaxMessage = 1024;
constexpr std::size_t kMaxReason = 128;

bool same_story(const StoredEvent& a, const StoredEvent& b) {
  return a.type == b.type && a.reason == b.reason && a.message == b.message;
}

}  // namespace

Json to_json(const StoredEvent& event) {
  return {{"type", event.type == cluster::EventType::Warning ? "Warning" : "Normal"},
          {"reason", event.reason},
          {"message", event.message},
          {"count", event.count},
          {"firstTimestamp", format_time_millis(event.first_seen)},
          {"lastTimestamp", format_time_millis(event.last_seen)}};
}

StoredEvent event_from_json(const Json& json) {
  StoredEvent event;
  if (!json.is_object()) return event;
  event.type = text_of(json, "type") == "Warning" ? cluster::EventType::Warning : cluster::EventType::Normal;
  event.reason = text_of(json, "reason");
  event.message = text_of(json, "message");
  const auto count = json.find("count");
  if (count != json.end() && count->is_number_integer()) event.count = count->get<std::int64_t>();
  event.first_seen = parse_time(text_of(json, "firstTimestamp")).value_or(TimePoint{});
  event.last_seen = parse_time(text_of(json, "lastTimestamp")).value_or(event.first_seen);
  return event;
}

StoredEvent EventLog::add(const cluster::ObjectKey& about, const cluster::Event& event, TimePoint now) {
  StoredEvent fresh{
      event.type, readable_text(event.reason, kMaxReason), readable_text(event.message, kMaxMessage), 1, now, now};
  auto& kept = events_[about];
  for (const auto& known : kept) {
    if (!same_story(known, fresh)) continue;
    fresh.count = known.count + 1;
    fresh.first_seen = known.first_seen;
    break;
  }
  restore(about, fresh);
  return fresh;
}

void EventLog::restore(const cluster::ObjectKey& about, const StoredEvent& event) {
  auto& kept = events_[about];
  std::erase_if(kept, [&](const StoredEvent& known) { return same_story(known, event); });
  kept.push_back(event);
  if (kept.size() > per_object_) kept.pop_front();
}

std::vector<StoredEvent> EventLog::list(const cluster::ObjectKey& about) const {
  const auto it = events_.find(about);
  if (it == events_.end()) return {};
  return {it->second.begin(), it->second.end()};
}

}  // namespace visionops::local
