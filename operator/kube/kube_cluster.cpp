#include "operator/kube/kube_cluster.h"

#include <condition_variable>
#include <iterator>
#include <random>
#include <thread>

#include "base/json.h"
#include "base/mutex.h"
#include "base/names.h"
#include "operator/kube/codec/arriving_list.h"
#include "operator/kube/codec/event_frames.h"
#include "operator/kube/codec/proto_object.h"
#include "operator/kube/codec/reply_body.h"
#include "operator/kube/codec/rest_path.h"
#include "operator/kube/codec/watch_event.h"
#include "operator/kube/codec/write_body.h"

namespace visionops::kube {

namespace {

using cluster::ListOptions;
using cluster::Object;
using cluster::ObjectKey;

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds kLeastWait{1};

std::string query_of(const ListOptions& options) {
  return options.labels.empty() ? "" : "&labelSelector=" + label_selector(options.labels);
}

/// A random end keeps the watches of many operators from reconnecting in step.
std::int64_t random_seconds(std::chrono::seconds least) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::uniform_int_distribution<std::int64_t>(least.count(), 2 * least.count())(random);
}

/// Waits or returns early when stopped.
void rest(std::chrono::milliseconds time, const std::stop_token& stop) {
  Mutex mutex;
  MutexLock lock(mutex);
  std::condition_variable_any wake;
  wake.wait_for(lock, stop, time, [] { return false; });
}

Error error_of_reply(const HttpReply& reply, const std::string& what) {
  if (reply.encoding == Encoding::Json) return error_of_status(reply.status, reply.body, what);
  const auto status = read_proto_status(reply.body);
  return error_of_status(reply.status, status ? status->dump() : "", what);
}

/// An API server asks for a second or so; a proxy that asks for more has the runtime's back-off instead.
constexpr std::chrono::milliseconds kLongestRest = std::chrono::seconds(30);

}  // namespace

KubeCluster::KubeCluster(std::unique_ptr<HttpTransport> transport, const Clock& clock, std::string component,
                         std::string instance, KubeLimits limits)
    : transport_(std::move(transport)),
      clock_(clock),
      reporter_{std::move(component), std::move(instance)},
      limits_(limits) {}

Result<std::string> KubeCluster::exchange(HttpCall call) {
  const std::string what = call.method + " " + call.path.substr(0, call.path.find('?'));
  const auto end = SteadyClock::now() + call.deadline;
  while (true) {
    auto reply = transport_->send(call);
    if (!reply) return reply.error();
    if (reply->status >= 200 && reply->status < 300) return std::move(reply->body);
    const bool asked_to_wait = (reply->status == 429 || reply->status == 503) && reply->retry_after;
    // A server that says "at once" again and again is not asked in a tight loop.
    const auto wait = std::max<std::chrono::milliseconds>(reply->retry_after.value_or(kLeastWait), kLeastWait);
    if (!asked_to_wait || SteadyClock::now() + wait >= end) return error_of_reply(*reply, what);
    std::this_thread::sleep_for(wait);
    call.deadline = std::chrono::duration_cast<std::chrono::milliseconds>(end - SteadyClock::now());
  }
}

Result<Object> KubeCluster::get(const ObjectKey& key) {
  auto body = exchange({.path = object_path(key), .deadline = limits_.read});
  if (!body) return body.error();
  return decode_reply(*body, reading(key.kind), key);
}

Result<std::string> KubeCluster::page_of(cluster::Kind kind, const ListOptions& options, const std::string& token,
                                         bool paged) {
  std::string path = collection_path(kind, options.namespace_) + "?limit=" + std::to_string(paged ? limits_.page : 0);
  path += query_of(options);
  if (!token.empty()) path += "&continue=" + percent_encode(token);
  return exchange({.path = path, .deadline = limits_.read});
}

Status KubeCluster::list_pages(cluster::Kind kind, const ListOptions& options,
                               const std::function<Status(cluster::ListPage)>& on_page) {
  HttpCall call;
  call.accept = accepted_list(reading(kind));
  call.path = collection_path(kind, options.namespace_) + "?limit=0" + query_of(options);
  if (!options.at_least.empty()) {
    call.path += "&resourceVersionMatch=NotOlderThan&resourceVersion=" + percent_encode(options.at_least);
  }
  ArrivingList list(reading(kind), options.at_least, limits_.handed_on, on_page);
  const auto reply = transport_->stream(
      call, limits_.read,
      [&](std::string& unread, Encoding encoding, bool ended) { return list.take(unread, encoding, ended); }, {});
  if (list.result()) return *list.result();
  if (!reply) return reply.error();
  if (reply->status != 200) return error_of_reply(*reply, "list");
  return retry_error("list: nothing came for " + std::to_string(limits_.read.count()) + " ms");
}

Result<cluster::ObjectList> KubeCluster::list(cluster::Kind kind, const ListOptions& options) {
  cluster::ObjectList out;
  std::string token;
  bool paged = true;
  do {
    auto body = page_of(kind, options, token, paged);
    if (!body && body.error().cls == ErrorClass::Gone && !token.empty()) {
      token.clear();
      paged = false;
      out.items.clear();
      body = page_of(kind, options, token, paged);
    }
    if (!body) return body.error();
    auto page = decode_page(*body, reading(kind));
    if (!page) return page.error();
    std::move(page->items.begin(), page->items.end(), std::back_inserter(out.items));
    out.resource_version = std::move(page->resource_version);
    token = std::move(page->next);
  } while (!token.empty());
  return out;
}

Status KubeCluster::watch(cluster::Kind kind, const ListOptions& options, const std::string& resource_version,
                          const std::function<void(cluster::Change)>& on_change, std::stop_token stop) {
  HttpCall call;
  call.accept = accepted_events(reading(kind));
  call.path = collection_path(kind, options.namespace_) +
              "?watch=true&allowWatchBookmarks=true&resourceVersion=" + percent_encode(resource_version) +
              "&timeoutSeconds=" + std::to_string(random_seconds(limits_.watch_life)) + query_of(options);
  std::optional<Error> failed;
  const auto take = [&](std::string& unread, Encoding encoding, bool ended) {
    const auto more = take_events(unread, encoding, ended, [&](const std::string& bytes) {
      auto change = parse_watch_event(bytes, encoding, reading(kind));
      if (change) on_change(std::move(*change));
      if (!change) failed = change.error();
      return change.ok();
    });
    if (!more) failed = more.error();
    return more && *more;
  };
  auto reply = transport_->stream(call, limits_.watch_idle, take, stop);
  if (failed) return *failed;
  if (stop.stop_requested()) return {};
  if (!reply) return reply.error();
  if (reply->status == 200) return {};
  if (reply->retry_after) rest(std::min<std::chrono::milliseconds>(*reply->retry_after, kLongestRest), stop);
  return error_of_reply(*reply, "watch");
}

Result<Object> KubeCluster::write(HttpCall call, const ObjectKey& key) {
  call.deadline = limits_.write;
  auto body = exchange(std::move(call));
  if (!body) return body.error();
  return decode_reply(*body, reading(key.kind), key);
}

Result<Object> KubeCluster::create(const Object& object) {
  const auto key = cluster::key_of(object);
  return write(
      {.method = "POST", .path = collection_path(key.kind, key.namespace_), .body = cluster::encode(object).dump()},
      key);
}

Result<Object> KubeCluster::update(const Object& object) {
  const auto key = cluster::key_of(object);
  auto [method, content_type, body] = update_body(object);
  return write({.method = method, .path = object_path(key), .body = body, .content_type = content_type}, key);
}

Result<Object> KubeCluster::update_status(const Object& object) {
  const auto key = cluster::key_of(object);
  auto [method, content_type, body] = status_body(object);
  return write({.method = method, .path = object_path(key, "status"), .body = body, .content_type = content_type}, key);
}

Status KubeCluster::remove(const ObjectKey& key, const cluster::Preconditions& preconditions) {
  Json options{{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", "Background"}};
  if (preconditions.uid) options["preconditions"]["uid"] = *preconditions.uid;
  if (preconditions.resource_version) options["preconditions"]["resourceVersion"] = *preconditions.resource_version;
  auto body =
      exchange({.method = "DELETE", .path = object_path(key), .body = options.dump(), .deadline = limits_.write});
  if (!body) return body.error();
  return {};
}

void KubeCluster::emit(const Object& about, const cluster::Event& event) {
  const TimePoint now = clock_.now();
  // A name of object, time and counter: a second send of the same request is AlreadyExists.
  const std::string name =
      child_name(cluster::meta_of(about).name,
                 std::to_string(now.time_since_epoch().count()) + "-" + std::to_string(++events_), 200);
  const HttpCall call{.method = "POST",
                      .path = "/apis/events.k8s.io/v1/namespaces/" + percent_encode(event_namespace(about)) + "/events",
                      .body = event_body(about, event, name, now, reporter_),
                      .deadline = limits_.write};
  // Best effort by contract: an event that is lost changes nothing.
  [[maybe_unused]] const auto reply = transport_->send(call);
}

Result<std::optional<cluster::Event>> KubeCluster::latest_warning(const Object& about) {
  const std::string selector = "regarding.uid=" + cluster::meta_of(about).uid + ",type=Warning";
  auto body = exchange({.path = "/apis/events.k8s.io/v1/namespaces/" + percent_encode(event_namespace(about)) +
                                "/events?fieldSelector=" + percent_encode(selector),
                        .deadline = limits_.read});
  if (!body) return body.error();
  return newest_event(*body);
}

}  // namespace visionops::kube
