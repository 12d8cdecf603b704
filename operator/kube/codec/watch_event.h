// One event of a Kubernetes watch, decided without I/O. PURE.
#pragma once

#include <string>
#include <variant>

#include "base/result.h"
#include "operator/cluster/cluster_api.h"
#include "operator/kube/codec/encoding.h"
#include "operator/kube/codec/object_json.h"

namespace visionops::kube {

/// {"type":"ADDED|MODIFIED|DELETED|BOOKMARK","object":{...}} is a Change. {"type":"ERROR"} is its Status
/// object as an Error: Gone for code 410 or reason Expired, Retry otherwise. A malformed event is Retry:
/// the watch starts again from the last version.
Result<cluster::Change> parse_watch_event(const std::string& bytes, Encoding encoding, const Reading& reading);

/// A Kubernetes Status body (or any other body) of a failed request as an Error.
Error error_of_status(int code, const std::string& body, const std::string& what);

}  // namespace visionops::kube
