#include "operator/local/api_server/local_cluster.h"

#include <charconv>

namespace visionops::local {
namespace {

using cluster::Object;

std::optional<std::uint64_t> parse_version(const std::string& text) {
  std::uint64_t version = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return version;
}

}  // namespace

Status LocalCluster::writable() const {
  return options_.read_only_because.empty() ? Status{} : Status{conflict_error(options_.read_only_because)};
}

Result<Object> LocalCluster::get(const cluster::ObjectKey& key) { return store_.get(key); }

Result<cluster::ObjectList> LocalCluster::list(cluster::Kind kind, const cluster::ListOptions& options) {
  return store_.list(kind, options);
}

Status LocalCluster::watch(cluster::Kind kind, const cluster::ListOptions& options, const std::string& resource_version,
                           const std::function<void(cluster::Change)>& on_change, std::stop_token stop) {
  const auto start = parse_version(resource_version);
  if (!start) return invalid_error("\"" + resource_version + "\" is not a resourceVersion");
  std::uint64_t seen = *start;
  std::uint64_t told = *start;  // the newest version that the watcher heard of
  while (!stop.stop_requested()) {
    auto batch = store_.changes_since(seen, kind, options);
    if (!batch) return batch.error();
    seen = batch->version;
    for (auto& change : batch->changes) {
      if (stop.stop_requested()) return {};
      on_change(std::move(change));
      told = seen;
    }
    const bool silent = told < seen;
    store_.wait_for_change(seen, stop, silent ? std::optional(options_.bookmark_interval) : std::nullopt);
    if (silent && !stop.stop_requested() && store_.version() == seen) {
      on_change({cluster::ChangeType::Bookmark, cluster::bare_object(kind, std::to_string(seen))});
      told = seen;
    }
  }
  return {};
}

Result<Object> LocalCluster::create(const Object& object) {
  if (auto allowed = writable(); !allowed) return allowed.error();
  return store_.create(object);
}

Result<Object> LocalCluster::update(const Object& object) {
  if (auto allowed = writable(); !allowed) return allowed.error();
  return store_.update(object);
}

Result<Object> LocalCluster::update_status(const Object& object) {
  if (auto allowed = writable(); !allowed) return allowed.error();
  return store_.update_status(object);
}

Status LocalCluster::remove(const cluster::ObjectKey& key, const cluster::Preconditions& preconditions) {
  if (auto allowed = writable(); !allowed) return allowed;
  return store_.remove(key, preconditions);
}

void LocalCluster::emit(const Object& about, const cluster::Event& event) {
  if (writable()) store_.emit(cluster::key_of(about), event);
}

Result<std::optional<cluster::Event>> LocalCluster::latest_warning(const Object& about) {
  const auto live = store_.get(cluster::key_of(about));
  if (!live || cluster::meta_of(*live).uid != cluster::meta_of(about).uid) return std::optional<cluster::Event>();
  std::optional<StoredEvent> newest;
  for (auto& event : store_.list_events(cluster::key_of(about))) {
    const bool warning = event.type == cluster::EventType::Warning;
    if (warning && (!newest || event.last_seen >= newest->last_seen)) newest = std::move(event);
  }
  if (!newest) return std::optional<cluster::Event>();
  return std::optional(cluster::Event{newest->type, newest->reason, newest->message});
}

}  // namespace visionops::local
