#include "operator/kube/codec/watch_event.h"

#include <algorithm>

#include "base/json.h"
#include "operator/kube/codec/proto_object.h"

namespace visionops::kube {

namespace {

using cluster::ChangeType;

ErrorClass class_of(int code, const std::string& reason) {
  if (code == 404) return ErrorClass::NotFound;
  if (code == 409) return reason == "AlreadyExists" ? ErrorClass::AlreadyExists : ErrorClass::Conflict;
  if (code == 410 || reason == "Expired" || reason == "Gone") return ErrorClass::Gone;
  if (code == 400 || code == 401 || code == 403 || code == 405 || code == 413 || code == 415 || code == 422) {
    // An expired token and a role that is being granted heal; the rest stays wrong.
    return code == 401 || code == 403 ? ErrorClass::Retry : ErrorClass::Invalid;
  }
  return ErrorClass::Retry;
}

/// Whether one of the causes that a Status gives has this text in `member`.
bool has_cause(const Json& status, const char* member, std::string_view text) {
  const auto details = status.is_object() ? status.find("details") : status.end();
  if (details == status.end() || !details->is_object()) return false;
  const Json causes = details->value("causes", Json::array());
  return std::any_of(causes.begin(), causes.end(), [&](const Json& c) { return text_of(c, member) == text; });
}

/// A patch that carries the uid of a predecessor is refused as a change of an immutable field.
bool names_another_object(const Json& status) { return has_cause(status, "field", "metadata.uid"); }

/// metav1 NamespaceTerminatingCause: the answer to every create in a namespace that is being deleted.
bool namespace_ends(const Json& status) { return has_cause(status, "reason", "NamespaceTerminating"); }

/// A bookmark carries nothing but its resourceVersion, so it must not go through the kind's codec.
cluster::Change bookmark(const Json& object, cluster::Kind kind) {
  const Json metadata = object.value("metadata", Json::object());
  return {ChangeType::Bookmark, cluster::bare_object(kind, text_of(metadata, "resourceVersion"))};
}

}  // namespace

Error error_of_status(int code, const std::string& body, const std::string& what) {
  const Json json = Json::parse(body, nullptr, false);
  if (names_another_object(json)) code = 409;
  const std::string reason = text_of(json, "reason");
  std::string message = text_of(json, "message");
  if (message.empty()) message = "HTTP " + std::to_string(code);
  const ErrorClass cls = namespace_ends(json) ? ErrorClass::Gone : class_of(code, reason);
  return {cls, what + ": " + message.substr(0, 1024)};
}

Result<cluster::Change> parse_watch_event(const std::string& bytes, Encoding encoding, const Reading& reading) {
  const auto json = encoding == Encoding::Protobuf ? read_proto_event(bytes, reading.kind) : read_event(bytes, reading);
  if (!json) return json.error().in("malformed watch event");
  const auto object = json->is_object() ? json->find("object") : json->end();
  if (object == json->end()) return retry_error("malformed watch event");
  const std::string type = text_of(*json, "type");
  if (type == "ERROR") {
    const auto code = object->is_object() ? object->find("code") : object->end();
    return error_of_status(code != object->end() && code->is_number_integer() ? code->get<int>() : 500, object->dump(),
                           "watch");
  }
  if (type == "BOOKMARK") return bookmark(*object, reading.kind);
  auto decoded = cluster::decode_object(*object);
  if (!decoded) return retry_error("malformed watch event: " + decoded.error().message);
  if (cluster::kind_of(*decoded) != reading.kind) return retry_error("malformed watch event: it is of another kind");
  if (type == "ADDED") return cluster::Change{ChangeType::Added, std::move(*decoded)};
  if (type == "MODIFIED") return cluster::Change{ChangeType::Modified, std::move(*decoded)};
  if (type == "DELETED") return cluster::Change{ChangeType::Deleted, std::move(*decoded)};
  return retry_error("unknown watch event type \"" + type.substr(0, 32) + "\"");
}

}  // namespace visionops::kube
