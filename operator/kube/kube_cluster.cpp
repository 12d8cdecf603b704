#include "operator/kube/kube_cluster.h"

#include <condition_variable>
#include <mutex>
#include <random>

#include "base/json.h"
#include "base/names.h"
#include "operator/kube/rest_path.h"
#include "operator/kube/watch_line.h"

namespace visionops::kube {

namespace {

using cluster::ListOptions;
using cluster::Object;
using cluster::ObjectKey;

constexpr int kMaxRetries = 5;
constexpr std::size_t kPage = 500;
/// API servers send bookmarks about once a minute; two missed ones mean a dead connection.
constexpr auto kWatchIdle = std::chrono::seconds(95);

/// Waits or returns early when stopped.
void rest(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any wake;
  wake.wait_for(lock, stop, time, [] { return false; });
}

std::string query_of(const ListOptions& options) {
  return options.labels.empty() ? "" : "&labelSelector=" + label_selector(options.labels);
}

Result<Object> decode_reply(const std::string& body, const std::string& what) {
  const Json json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) return retry_error(what + ": the reply is not JSON");
  return cluster::decode_object(json);
}

/// Items of a list carry no apiVersion and kind of their own.
Status append_items(const Json& json, cluster::ObjectList& out) {
  const std::string api_version = json.value("apiVersion", std::string());
  std::string kind = json.value("kind", std::string());
  if (kind.ends_with("List")) kind.resize(kind.size() - 4);
  for (Json item : json.value("items", Json::array())) {
    item["apiVersion"] = api_version;
    item["kind"] = kind;
    auto object = cluster::decode_object(item);
    if (!object) return object.error();
    out.items.push_back(std::move(*object));
  }
  return {};
}

bool is_custom(cluster::Kind kind) {
  return kind == cluster::Kind::Dataset || kind == cluster::Kind::Pipeline || kind == cluster::Kind::TrainingJob;
}

/// resourceVersion in a merge patch makes the API server answer 409 when the object has moved on.
Json metadata_patch(const Object& object) {
  const auto& meta = cluster::meta_of(object);
  Json patch{{"finalizers", meta.finalizers}, {"labels", meta.labels}, {"annotations", meta.annotations}};
  if (!meta.resource_version.empty()) patch["resourceVersion"] = meta.resource_version;
  return {{"metadata", patch}};
}

/// A random end keeps the watches of many operators from reconnecting in step.
int watch_seconds() {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_int_distribution<int>(300, 600)(random);
}

Json event_json(const Object& about, const cluster::Event& event, const std::string& name, TimePoint now,
                const std::string& component, const std::string& instance) {
  const auto& meta = cluster::meta_of(about);
  const Json object = cluster::encode(about);
  const std::string ns = meta.namespace_.empty() ? "default" : meta.namespace_;
  return {{"apiVersion", "events.k8s.io/v1"},
          {"kind", "Event"},
          {"metadata", {{"name", name}, {"namespace", ns}}},
          {"regarding",
           {{"apiVersion", object.at("apiVersion")}, {"kind", object.at("kind")}, {"namespace", meta.namespace_},
            {"name", meta.name}, {"uid", meta.uid}, {"resourceVersion", meta.resource_version}}},
          {"eventTime", format_time_millis(now).insert(23, "000")},
          {"type", event.type == cluster::EventType::Warning ? "Warning" : "Normal"},
          {"reason", event.reason},
          {"note", event.message.substr(0, 1000)},
          {"action", "Reconcile"},
          {"reportingController", "visionops.dev/" + component},
          {"reportingInstance", instance}};
}

}  // namespace

KubeCluster::KubeCluster(std::unique_ptr<HttpTransport> transport, const Clock& clock, std::string component, std::string instance)
    : transport_(std::move(transport)), clock_(clock), component_(std::move(component)), instance_(std::move(instance)) {}

Result<std::string> KubeCluster::exchange(const HttpCall& call, std::stop_token stop) {
  const std::string what = call.method + " " + call.path.substr(0, call.path.find('?'));
  for (int attempt = 0;; ++attempt) {
    auto reply = transport_->send(call, stop);
    if (!reply) return reply.error();
    if (reply->status >= 200 && reply->status < 300) return std::move(reply->body);
    const bool asked_to_wait = (reply->status == 429 || reply->status == 503) && reply->retry_after;
    if (!asked_to_wait || attempt >= kMaxRetries || stop.stop_requested()) return error_of_status(reply->status, reply->body, what);
    rest(std::min(*reply->retry_after, std::chrono::seconds(30)), stop);
  }
}

Result<Object> KubeCluster::get(const ObjectKey& key) {
  auto body = exchange({.path = object_path(key)});
  if (!body) return body.error();
  return decode_reply(*body, cluster::to_string(key));
}

Result<cluster::ObjectList> KubeCluster::list(cluster::Kind kind, const ListOptions& options) {
  cluster::ObjectList out;
  std::string token;
  bool paged = true;
  do {
    std::string path = collection_path(kind, options.namespace_) + "?" + (paged ? "limit=" + std::to_string(kPage) : "limit=0") + query_of(options);
    if (!token.empty()) path += "&continue=" + percent_encode(token);
    auto body = exchange({.path = path});
    if (!body && body.error().cls == ErrorClass::Gone && !token.empty()) {
      out = {};
      token.clear();
      paged = false;
      continue;
    }
    if (!body) return body.error();
    const Json json = Json::parse(*body, nullptr, false);
    if (json.is_discarded()) return retry_error("list: the reply is not JSON");
    if (auto added = append_items(json, out); !added) return added.error();
    out.resource_version = json.value("/metadata/resourceVersion"_json_pointer, std::string());
    token = json.value("/metadata/continue"_json_pointer, std::string());
    if (token.empty()) break;
  } while (true);
  return out;
}

Status KubeCluster::watch(cluster::Kind kind, const ListOptions& options, const std::string& resource_version,
                          const std::function<void(cluster::Change)>& on_change, std::stop_token stop) {
  HttpCall call;
  call.path = collection_path(kind, options.namespace_) + "?watch=true&allowWatchBookmarks=true&resourceVersion=" +
              percent_encode(resource_version) + "&timeoutSeconds=" + std::to_string(watch_seconds()) + query_of(options);
  std::optional<Error> failed;
  auto reply = transport_->stream(call, kWatchIdle, [&](const std::string& line) {
    auto change = parse_watch_line(line, kind);
    if (!change) {
      failed = change.error();
      return false;
    }
    on_change(std::move(*change));
    return true;
  }, stop);
  if (failed) return *failed;
  if (stop.stop_requested()) return {};
  if (!reply) return reply.error();
  if (reply->status != 200) return error_of_status(reply->status, reply->body, "watch");
  return {};
}

Result<Object> KubeCluster::write(const std::string& method, const std::string& path, const Object& object) {
  auto body = exchange({.method = method, .path = path, .body = cluster::encode(object).dump()});
  if (!body) return body.error();
  return decode_reply(*body, cluster::to_string(cluster::key_of(object)));
}

Result<Object> KubeCluster::create(const Object& object) {
  const auto key = cluster::key_of(object);
  return write("POST", collection_path(key.kind, key.namespace_), object);
}

Result<Object> KubeCluster::update(const Object& object) {
  const auto key = cluster::key_of(object);
  if (!is_custom(key.kind)) return write("PUT", object_path(key), object);
  // The spec belongs to the user, down to spelled-out defaults: only metadata is ever patched.
  auto body = exchange({.method = "PATCH", .path = object_path(key), .body = metadata_patch(object).dump(),
                        .content_type = "application/merge-patch+json"});
  if (!body) return body.error();
  return decode_reply(*body, cluster::to_string(key));
}

Result<Object> KubeCluster::update_status(const Object& object) {
  return write("PUT", object_path(cluster::key_of(object), "status"), object);
}

Status KubeCluster::remove(const ObjectKey& key, const cluster::Preconditions& preconditions) {
  Json options{{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", "Background"}};
  if (preconditions.uid) options["preconditions"]["uid"] = *preconditions.uid;
  if (preconditions.resource_version) options["preconditions"]["resourceVersion"] = *preconditions.resource_version;
  auto body = exchange({.method = "DELETE", .path = object_path(key), .body = options.dump()});
  if (!body) return body.error();
  return {};
}

void KubeCluster::emit(const Object& about, const cluster::Event& event) {
  const TimePoint now = clock_.now();
  const auto& meta = cluster::meta_of(about);
  // A name of object, time and counter: a second send of the same request is AlreadyExists.
  const std::string name = child_name(meta.name, std::to_string(now.time_since_epoch().count()) + "-" + std::to_string(++events_), 200);
  const Json json = event_json(about, event, name, now, component_, instance_);
  const std::string ns = meta.namespace_.empty() ? "default" : meta.namespace_;
  const HttpCall call{.method = "POST", .path = "/apis/events.k8s.io/v1/namespaces/" + percent_encode(ns) + "/events",
                      .body = json.dump(), .deadline = std::chrono::seconds(5)};
  // Best effort by contract: an event that is lost changes nothing.
  [[maybe_unused]] const auto reply = transport_->send(call);
}

}  // namespace visionops::kube
