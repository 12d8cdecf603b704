#include "operator/kube/kube_cluster.h"

#include <condition_variable>
#include <iterator>
#include <mutex>
#include <random>
#include <thread>

#include "base/json.h"
#include "base/names.h"
#include "operator/kube/proto_object.h"
#include "operator/kube/reply_body.h"
#include "operator/kube/rest_path.h"
#include "operator/kube/streamed_list.h"
#include "operator/kube/watch_event.h"
#include "operator/kube/write_body.h"

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
  std::mutex mutex;
  std::unique_lock lock(mutex);
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
  return decode_reply(*body, reading(key.kind), cluster::to_string(key));
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
  if (streams_lists_) {
    const auto streamed = stream_pages(kind, options, on_page);
    if (!streamed) return streamed.error();
    if (*streamed) return {};
  }
  return each_page(kind, options, on_page);
}

Result<bool> KubeCluster::stream_pages(cluster::Kind kind, const ListOptions& options,
                                       const std::function<Status(cluster::ListPage)>& on_page) {
  HttpCall call;
  call.accept = accepted_events(reading(kind));
  call.path = collection_path(kind, options.namespace_) +
              "?watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan" +
              "&timeoutSeconds=" + std::to_string(limits_.streamed_list.count()) + query_of(options);
  if (!options.at_least.empty()) call.path += "&resourceVersion=" + percent_encode(options.at_least);
  StreamedList list(options.at_least, limits_.streamed_page, on_page);
  const auto reply = transport_->stream(call, limits_.read,
                                        [&](const std::string& bytes, Encoding encoding) {
                                          return list.take(parse_watch_event(bytes, encoding, reading(kind)));
                                        },
                                        {});
  if (list.ended() && list.result()) return true;
  if (!list.ended() && !reply) return reply.error();
  const Error said = list.ended()           ? list.result().error()
                     : reply->status == 200 ? retry_error("list: the stream ended before the list was complete")
                                            : error_of_reply(*reply, "list");
  if (list.begun()) return said;
  if (said.cls == ErrorClass::Invalid) streams_lists_ = false;
  return false;
}

Status KubeCluster::each_page(cluster::Kind kind, const ListOptions& options,
                              const std::function<Status(cluster::ListPage)>& on_page) {
  std::string token;
  bool paged = true;
  do {
    auto body = page_of(kind, options, token, paged);
    if (!body && body.error().cls == ErrorClass::Gone && !token.empty()) {
      token.clear();
      paged = false;
      body = page_of(kind, options, token, paged);
    }
    if (!body) return body.error();
    auto page = decode_page(*body, reading(kind));
    if (!page) return page.error();
    body = std::string();  // not both at once
    const bool first = token.empty();
    token = std::move(page->next);
    if (auto taken = on_page({std::move(page->items), std::move(page->resource_version), first}); !taken) return taken;
  } while (!token.empty());
  return {};
}

Result<cluster::ObjectList> KubeCluster::list(cluster::Kind kind, const ListOptions& options) {
  cluster::ObjectList out;
  const Status listed = each_page(kind, options, [&](cluster::ListPage page) -> Status {
    if (page.first) out.items.clear();
    std::move(page.items.begin(), page.items.end(), std::back_inserter(out.items));
    out.resource_version = std::move(page.resource_version);
    return {};
  });
  if (!listed) return listed.error();
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
  auto reply = transport_->stream(
      call, limits_.watch_idle,
      [&](const std::string& bytes, Encoding encoding) {
        auto change = parse_watch_event(bytes, encoding, reading(kind));
        if (!change) {
          failed = change.error();
          return false;
        }
        on_change(std::move(*change));
        return true;
      },
      stop);
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
  return decode_reply(*body, reading(key.kind), cluster::to_string(key));
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
