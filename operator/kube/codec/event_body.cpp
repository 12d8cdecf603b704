#include "operator/kube/codec/event_body.h"

#include <algorithm>

#include "base/json.h"

namespace visionops::kube {

namespace {

/// The API server refuses a note of more than 1 KiB.
constexpr std::size_t kMaxNote = 1000;

/// At most `size` bytes, without a part of a UTF-8 character at the end.
std::string cut(const std::string& text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  return text.substr(0, size);
}

}  // namespace

std::string event_namespace(const cluster::Object& about) {
  const auto& name = cluster::meta_of(about).namespace_;
  return name.empty() ? "default" : name;
}

std::string event_body(const cluster::Object& about, const cluster::Event& event, const std::string& name,
                       TimePoint now, const Reporter& reporter) {
  const auto& meta = cluster::meta_of(about);
  const Json object = cluster::encode(about);
  const Json body{{"apiVersion", "events.k8s.io/v1"},
                  {"kind", "Event"},
                  {"metadata", {{"name", name}, {"namespace", event_namespace(about)}}},
                  {"regarding",
                   {{"apiVersion", object.at("apiVersion")},
                    {"kind", object.at("kind")},
                    {"namespace", meta.namespace_},
                    {"name", meta.name},
                    {"uid", meta.uid},
                    {"resourceVersion", meta.resource_version}}},
                  // MicroTime: six digits or none
                  {"eventTime", format_time_millis(now).insert(23, "000")},
                  {"type", event.type == cluster::EventType::Warning ? "Warning" : "Normal"},
                  {"reason", event.reason},
                  {"note", cut(event.message, kMaxNote)},
                  {"action", "Reconcile"},
                  {"reportingController", "visionops.dev/" + reporter.component},
                  {"reportingInstance", reporter.instance}};
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

namespace {

std::string text_at(const Json& json, const char* path) {
  const Json::json_pointer pointer(path);
  return json.contains(pointer) && json.at(pointer).is_string() ? json.at(pointer).get<std::string>() : std::string();
}

/// To the second, so that the forms with and without fractions compare.
std::string last_told(const Json& event) {
  std::string newest;
  for (const char* path :
       {"/series/lastObservedTime", "/deprecatedLastTimestamp", "/eventTime", "/metadata/creationTimestamp"}) {
    newest = std::max(newest, text_at(event, path).substr(0, 19));
  }
  return newest;
}

}  // namespace

Result<std::optional<cluster::Event>> newest_event(const std::string& list) {
  const auto json = parse_json(list);
  if (!json) return json.error().in("events");
  const auto items = json->find("items");
  if (!json->is_object() || items == json->end() || !items->is_array()) return retry_error("events: not a list");
  const Json* newest = nullptr;
  for (const auto& event : *items) {
    if (event.is_object() && (!newest || last_told(event) >= last_told(*newest))) newest = &event;
  }
  if (!newest) return std::optional<cluster::Event>();
  const bool warning = text_at(*newest, "/type") == "Warning";
  return std::optional(cluster::Event{warning ? cluster::EventType::Warning : cluster::EventType::Normal,
                                      text_at(*newest, "/reason"), cut(text_at(*newest, "/note"), kMaxNote)});
}

}  // namespace visionops::kube
