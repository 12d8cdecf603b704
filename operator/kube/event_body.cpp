#include "operator/kube/event_body.h"

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

}  // namespace visionops::kube
