#include "operator/local/door/door_words.h"

#include <array>

#include "base/json.h"

namespace visionops::local::door {
namespace {

using cluster::ChangeType;

constexpr std::array kClasses{ErrorClass::Retry,     ErrorClass::Conflict,    ErrorClass::AlreadyExists,
                              ErrorClass::NotFound,  ErrorClass::Gone,        ErrorClass::Invalid,
                              ErrorClass::Cancelled, ErrorClass::OutOfMemory, ErrorClass::Internal};

struct TypeName {
  ChangeType type;
  const char* name;
};
constexpr std::array kTypes{TypeName{ChangeType::Added, "ADDED"}, TypeName{ChangeType::Modified, "MODIFIED"},
                            TypeName{ChangeType::Deleted, "DELETED"}, TypeName{ChangeType::Bookmark, "BOOKMARK"}};

ErrorClass class_named(const std::string& name) {
  for (const auto cls : kClasses) {
    if (name == to_string(cls)) return cls;
  }
  return ErrorClass::Internal;
}

}  // namespace

Json answer(Json value) { return {{"ok", std::move(value)}}; }

Json refusal(const Error& error) { return {{"error", {{"class", to_string(error.cls)}, {"message", error.message}}}}; }

Result<Json> read_answer(const std::string& line) {
  auto json = parse_json(line, kMaxJsonDepth * 2);
  if (!json) return json.error();
  if (const auto error = json->find("error"); error != json->end())
    return Error{class_named(text_of(*error, "class")), text_of(*error, "message")};
  return json->value("ok", Json());
}

Json to_json(const cluster::ObjectKey& key) {
  return {{"kind", cluster::kind_name(key.kind)}, {"namespace", key.namespace_}, {"name", key.name}};
}

Result<cluster::Kind> read_kind(const Json& request) {
  const auto kind = cluster::kind_named(text_of(request, "kind"));
  if (!kind) return invalid_error("unknown kind \"" + text_of(request, "kind") + "\"");
  return *kind;
}

Result<cluster::ObjectKey> read_key(const Json& request) {
  const auto kind = read_kind(request);
  if (!kind) return kind.error();
  return cluster::ObjectKey{*kind, text_of(request, "namespace"), text_of(request, "name")};
}

Json to_json(cluster::Kind kind, const cluster::ListOptions& options) {
  return {{"kind", cluster::kind_name(kind)}, {"namespace", options.namespace_}, {"labels", options.labels}};
}

cluster::ListOptions read_list_options(const Json& request) {
  cluster::ListOptions options;
  options.namespace_ = text_of(request, "namespace");
  const auto labels = request.find("labels");
  if (labels == request.end() || !labels->is_object()) return options;
  for (const auto& [name, value] : labels->items()) {
    if (value.is_string()) options.labels[name] = value.get<std::string>();
  }
  return options;
}

Json to_json(const cluster::Change& change) {
  const char* name = "BOOKMARK";
  for (const auto& row : kTypes) {
    if (row.type == change.type) name = row.name;
  }
  return {{"type", name}, {"object", cluster::encode(change.object)}};
}

Result<cluster::Change> read_change(const Json& json) {
  cluster::Change change;
  for (const auto& row : kTypes) {
    if (text_of(json, "type") == row.name) change.type = row.type;
  }
  auto object = cluster::decode_object(json.value("object", Json::object()));
  if (!object) return object.error();
  change.object = *std::move(object);
  return change;
}

}  // namespace visionops::local::door
