#include "operator/local/door/door_server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>

#include "base/json.h"
#include "operator/local/door/door_socket.h"
#include "operator/local/door/door_words.h"

namespace visionops::local {
namespace {

constexpr std::size_t kMaxGuests = 64;
constexpr Duration kLongestWait = std::chrono::seconds(5);

Json of(const Result<cluster::Object>& object) {
  return object ? door::answer(cluster::encode(*object)) : door::refusal(object.error());
}

}  // namespace

DoorServer::DoorServer(std::filesystem::path data, FileDescriptor listener, cluster::ClusterApi& api,
                       ObjectStore& store)
    : data_(std::move(data)), listener_(std::move(listener)), api_(api), store_(store) {}

Result<std::unique_ptr<DoorServer>> DoorServer::open(const std::filesystem::path& data, cluster::ClusterApi& api,
                                                     ObjectStore& store) {
  auto listener = listen_at_door(data);
  if (!listener) return listener.error();
  std::unique_ptr<DoorServer> server(new DoorServer(data, std::move(*listener), api, store));
  try {
    server->thread_ = std::jthread([s = server.get()](const std::stop_token& stop) { s->accept_guests(stop); });
  } catch (const std::system_error& failure) {
    return retry_error(std::string("cannot start the thread of the socket: ") + failure.what());
  }
  return server;
}

DoorServer::~DoorServer() {
  thread_.request_stop();
  ::shutdown(listener_.get(), SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
  for (auto& guest : guests_) {
    guest.thread.request_stop();
    ::shutdown(guest.connection.get(), SHUT_RDWR);
  }
  guests_.clear();
  std::error_code ignored;
  std::filesystem::remove(data_ / kDoorName, ignored);
}

std::set<cluster::ObjectKey> DoorServer::asked() const {
  const MutexLock lock(mutex_);
  return asked_;
}

void DoorServer::accept_guests(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    FileDescriptor connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection && errno != EINTR && errno != ECONNABORTED) return;
    std::erase_if(guests_, [](const Guest& guest) { return guest.gone.load(); });
    if (!connection || !is_same_user(connection.get()) || guests_.size() >= kMaxGuests) continue;
    auto& guest = guests_.emplace_back();
    guest.connection = std::move(connection);
    try {
      guest.thread = std::jthread([this, &guest](const std::stop_token& end) { serve(guest, end); });
    } catch (const std::system_error&) {
      guests_.pop_back();
    }
  }
}

void DoorServer::serve(Guest& guest, const std::stop_token& stop) {
  LineSocket socket(FileDescriptor(::dup(guest.connection.get())), kLongestQuestion);
  while (!stop.stop_requested()) {
    const auto line = socket.read_line();
    if (!line) break;
    Json reply;
    try {
      reply = reply_to(*line, stop);
    } catch (const std::exception& failure) {
      reply = door::refusal(internal_error(failure.what()));
    }
    if (!socket.write_line(dump_json(reply))) break;
  }
  ::shutdown(guest.connection.get(), SHUT_RDWR);
  guest.gone = true;
}

Json DoorServer::reply_to(const std::string& line, const std::stop_token& stop) {
  const auto request = parse_json(line, kMaxJsonDepth * 2);
  if (!request) return door::refusal(request.error());
  const std::string verb = text_of(*request, "verb");
  if (verb == "hello") return door::answer({{"pid", ::getpid()}});
  if (verb == "create" || verb == "update") return take(*request, verb == "create");
  if (verb == "remove") return remove(*request);
  if (verb == "changes") return changes(*request, stop);
  if (verb == "events") return events(*request);
  if (verb == "get") {
    const auto key = door::read_key(*request);
    return key ? of(api_.get(*key)) : door::refusal(key.error());
  }
  if (verb != "list") return door::refusal(invalid_error("unknown verb \"" + verb + "\""));
  const auto kind = door::read_kind(*request);
  if (!kind) return door::refusal(kind.error());
  const auto found = api_.list(*kind, door::read_list_options(*request));
  if (!found) return door::refusal(found.error());
  Json items = Json::array();
  for (const auto& object : found->items) items.push_back(cluster::encode(object));
  return door::answer({{"items", std::move(items)}, {"resourceVersion", found->resource_version}});
}

Json DoorServer::take(const Json& request, bool create) {
  const auto object = cluster::decode_object(request.value("object", Json::object()));
  if (!object) return door::refusal(object.error());
  const auto stored = create ? api_.create(*object) : api_.update(*object);
  if (stored && cluster::is_ours(cluster::kind_of(*stored))) {
    const MutexLock lock(mutex_);
    asked_.insert(cluster::key_of(*stored));
  }
  return of(stored);
}

Json DoorServer::remove(const Json& request) {
  const auto key = door::read_key(request);
  if (!key) return door::refusal(key.error());
  cluster::Preconditions preconditions;
  if (request.contains("uid")) preconditions.uid = text_of(request, "uid");
  if (request.contains("resourceVersion")) preconditions.resource_version = text_of(request, "resourceVersion");
  const auto removed = api_.remove(*key, preconditions);
  return removed ? door::answer(Json::object()) : door::refusal(removed.error());
}

/// Waits for a change when there is none yet, so that a watch is a row of such requests.
Json DoorServer::changes(const Json& request, const std::stop_token& stop) {
  const auto kind = door::read_kind(request);
  if (!kind) return door::refusal(kind.error());
  const auto since = request.value("since", std::uint64_t{0});
  auto batch = store_.changes_since(since, *kind, door::read_list_options(request));
  if (batch && batch->changes.empty()) {
    store_.wait_for_change(batch->version, stop, kLongestWait);
    batch = store_.changes_since(batch->version, *kind, door::read_list_options(request));
  }
  if (!batch) return door::refusal(batch.error());
  Json changes = Json::array();
  for (const auto& change : batch->changes) changes.push_back(door::to_json(change));
  return door::answer({{"version", batch->version}, {"changes", std::move(changes)}});
}

Json DoorServer::events(const Json& request) {
  const auto key = door::read_key(request);
  if (!key) return door::refusal(key.error());
  Json events = Json::array();
  for (const auto& event : store_.list_events(*key)) events.push_back(to_json(event));
  return door::answer(std::move(events));
}

}  // namespace visionops::local
