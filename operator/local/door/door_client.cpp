#include "operator/local/door/door_client.h"

#include <sys/socket.h>
#include <sys/time.h>

#include "base/json.h"
#include "operator/local/door/door_words.h"

namespace visionops::local {
namespace {

/// A list of many thousands takes a while; an owner that is stopped (SIGSTOP) must not hold us for ever.
constexpr timeval kPatience{15, 0};

Result<LineSocket> connect_to(const std::filesystem::path& data) {
  auto connection = knock_at_door(data);
  if (!connection) return connection.error();
  ::setsockopt(connection->get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(connection->get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  return LineSocket(std::move(*connection), kLongestAnswer);
}

Result<Json> ask_at(LineSocket& socket, const char* verb, Json request) {
  request["verb"] = verb;
  if (auto sent = socket.write_line(dump_json(request)); !sent) return sent.error();
  const auto line = socket.read_line();
  if (!line) return line.error();
  return door::read_answer(*line);
}

}  // namespace

Result<std::unique_ptr<DoorClient>> DoorClient::open(const std::filesystem::path& data) {
  auto socket = connect_to(data);
  if (!socket) return socket.error();
  std::unique_ptr<DoorClient> client(new DoorClient(data, std::move(*socket)));
  const auto hello = client->ask("hello", Json::object());
  if (!hello) return hello.error();
  client->owner_ = hello->value("pid", 0);
  return client;
}

bool DoorClient::is_there() { return ask("hello", Json::object()).ok(); }

Result<Json> DoorClient::ask(const char* verb, Json request) {
  const MutexLock lock(mutex_);
  return ask_at(socket_, verb, std::move(request));
}

Result<cluster::Object> DoorClient::ask_for_object(const char* verb, Json request) {
  const auto answer = ask(verb, std::move(request));
  if (!answer) return answer.error();
  return cluster::decode_object(*answer);
}

Result<std::vector<StoredEvent>> DoorClient::list_events(const cluster::ObjectKey& about) {
  const auto answer = ask("events", door::to_json(about));
  if (!answer) return answer.error();
  std::vector<StoredEvent> events;
  for (const auto& event : *answer) events.push_back(event_from_json(event));
  return events;
}

Result<cluster::Object> DoorClient::get(const cluster::ObjectKey& key) {
  return ask_for_object("get", door::to_json(key));
}

Result<cluster::ObjectList> DoorClient::list(cluster::Kind kind, const cluster::ListOptions& options) {
  const auto answer = ask("list", door::to_json(kind, options));
  if (!answer) return answer.error();
  cluster::ObjectList list;
  list.resource_version = text_of(*answer, "resourceVersion");
  for (const auto& item : answer->value("items", Json::array())) {
    auto object = cluster::decode_object(item);
    if (!object) return object.error();
    list.items.push_back(*std::move(object));
  }
  return list;
}

/// On a connection of its own: its requests wait.
Status DoorClient::watch(cluster::Kind kind, const cluster::ListOptions& options, const std::string& resource_version,
                         const std::function<void(cluster::Change)>& on_change, std::stop_token stop) {
  auto socket = connect_to(data_);
  if (!socket) return socket.error();
  const std::stop_callback wake(stop, [fd = socket->fd()] { ::shutdown(fd, SHUT_RDWR); });
  std::uint64_t since = std::strtoull(resource_version.c_str(), nullptr, 10);
  while (!stop.stop_requested()) {
    Json request = door::to_json(kind, options);
    request["since"] = since;
    const auto answer = ask_at(*socket, "changes", std::move(request));
    if (stop.stop_requested()) return {};
    if (!answer) return answer.error();
    since = answer->value("version", since);
    for (const auto& json : answer->value("changes", Json::array())) {
      auto change = door::read_change(json);
      if (!change) return change.error();
      on_change(*std::move(change));
    }
  }
  return {};
}

Result<cluster::Object> DoorClient::create(const cluster::Object& object) {
  return ask_for_object("create", {{"object", cluster::encode(object)}});
}

Result<cluster::Object> DoorClient::update(const cluster::Object& object) {
  return ask_for_object("update", {{"object", cluster::encode(object)}});
}

Result<cluster::Object> DoorClient::update_status(const cluster::Object& object) {
  return invalid_error("the status of " + to_string(cluster::key_of(object)) + " is written by its operator alone");
}

Status DoorClient::remove(const cluster::ObjectKey& key, const cluster::Preconditions& preconditions) {
  Json request = door::to_json(key);
  if (preconditions.uid) request["uid"] = *preconditions.uid;
  if (preconditions.resource_version) request["resourceVersion"] = *preconditions.resource_version;
  const auto answer = ask("remove", std::move(request));
  return answer ? Status{} : Status{answer.error()};
}

void DoorClient::emit(const cluster::Object&, const cluster::Event&) {}

Result<std::optional<cluster::Event>> DoorClient::latest_warning(const cluster::Object& about) {
  auto events = list_events(cluster::key_of(about));
  if (!events) return events.error();
  std::optional<cluster::Event> newest;
  TimePoint at{};
  for (const auto& event : *events) {
    if (event.type != cluster::EventType::Warning || event.last_seen < at) continue;
    at = event.last_seen;
    newest = cluster::Event{event.type, event.reason, event.message};
  }
  return newest;
}

}  // namespace visionops::local
