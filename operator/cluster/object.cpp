// Any object of the cluster: its kind, its key, and its way to JSON and back.
#include <algorithm>

#include "base/fields/field_table.h"
#include "base/json.h"
#include "operator/cluster/cluster_api.h"
#include "operator/cluster/json_reading.h"

namespace visionops::cluster {

namespace {

/// What the codec put into metadata (a queue, an index) stands beside what the object has.
Json with_envelope(const KindRow& row, const api::ObjectMeta& meta, Json body) {
  Json metadata = encode_fields(meta);
  if (body.contains("metadata")) metadata.merge_patch(body["metadata"]);
  body["metadata"] = std::move(metadata);
  body["apiVersion"] = row.api_version;
  body["kind"] = row.name;
  return body;
}

/// Other writers' keys are ignored; what does not read is absent.
api::ObjectMeta tolerant_meta(const Json& json) {
  return decode_tolerant<api::ObjectMeta>(reading::at(json, "metadata"));
}

template <class T>
Json encode_by(const Ours<T>&, const T& object) {
  return api::encode(object);
}
template <class T>
Json encode_by(const Theirs<T>& row, const T& object) {
  return with_envelope(row, object.meta, row.encode(object));
}
template <KindWord word>
Json encode_by(const Watched<word>& row, const Seen<word>& object) {
  return with_envelope(row, object.meta, encode_texts(object.texts));
}

template <class T>
T decode_by(const Ours<T>& row, const Json& json) {
  return row.decode(json);
}
template <class T>
T decode_by(const Theirs<T>& row, const Json& json) {
  return row.decode(json, tolerant_meta(json));
}
template <KindWord word>
Seen<word> decode_by(const Watched<word>& row, const Json& json) {
  return {tolerant_meta(json), read_texts(json, row.reads)};
}

/// Calls `make` with the row of the kind; it returns an Object.
template <class Make>
Object made_by_row(Kind kind, const Make& make) {
  Object out;
  std::size_t place = 0;
  for_each_row([&](const auto& row) {
    if (place++ == static_cast<std::size_t>(kind)) out = make(row);
  });
  return out;
}

}  // namespace

std::string to_string(const ObjectKey& key) {
  std::string out(kind_name(key.kind));
  out += ' ';
  if (!key.namespace_.empty()) out += key.namespace_ + "/";
  return out + key.name;
}

Object bare_object(Kind kind, std::string resource_version) {
  Object out = made_by_row(kind, [](const auto& row) { return typename std::decay_t<decltype(row)>::Type{}; });
  meta_of(out).resource_version = std::move(resource_version);
  return out;
}

api::ObjectMeta& meta_of(Object& object) {
  return std::visit([](auto& typed) -> api::ObjectMeta& { return typed.meta; }, object);
}
const api::ObjectMeta& meta_of(const Object& object) {
  return std::visit([](const auto& typed) -> const api::ObjectMeta& { return typed.meta; }, object);
}

ObjectKey key_of(const Object& object) {
  const auto& meta = meta_of(object);
  return {kind_of(object), meta.namespace_, meta.name};
}

Json encode(const Object& object) {
  return std::visit(
      [](const auto& typed) {
        return encode_by(std::get<place_of<std::decay_t<decltype(typed)>>(kTable)>(kTable), typed);
      },
      object);
}

Result<Object> decode_object(const Json& json) {
  const std::string kind = reading::text(json, "kind");
  if (kind.empty()) return invalid_error("kind: is required");
  const auto known = kind_named(kind);
  if (!known) return invalid_error("kind: " + quoted(kind) + " is not one of " + kind_names(kOurKinds));
  if (reading::text(reading::at(json, "metadata"), "name").empty()) {
    return invalid_error(kind + ": metadata.name: is required");
  }
  return made_by_row(*known, [&](const auto& row) { return decode_by(row, json); });
}

namespace {

const ContainerState* state_of(const Pod& pod, std::string_view container) {
  const auto it = std::ranges::find(pod.containers, container, &ContainerState::name);
  return it == pod.containers.end() ? nullptr : &*it;
}

bool has_begun(const ContainerState* state) { return state != nullptr && (state->running || state->terminated); }
bool ended_well(const ContainerState& state) { return state.terminated && state.exit_code == 0 && state.signal == 0; }

}  // namespace

const ContainerState* worker_state(const Pod& pod) {
  const auto* worker = state_of(pod, kWorkerContainer);
  const auto* preparation = state_of(pod, kPrepareContainer);
  return !has_begun(worker) && has_begun(preparation) && !ended_well(*preparation) ? preparation : worker;
}

bool is_prepared(const Pod& pod) {
  const auto* preparation = state_of(pod, kPrepareContainer);
  return preparation != nullptr ? ended_well(*preparation) : has_begun(state_of(pod, kWorkerContainer));
}

}  // namespace visionops::cluster
