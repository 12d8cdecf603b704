// What is said through the door: a JSON line each way.
//   {"verb": "get", "kind": "Dataset", "namespace": "default", "name": "a"}      {"ok": {...}}
//   {"verb": "create", "object": {...}}                                          {"error": {"class": "Invalid", ...}}
#pragma once

#include <string>

#include "base/json_fwd.h"
#include "base/result.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::local::door {

Json answer(Json value);
Json refusal(const Error& error);
/// The value of an answer, or the error that it tells.
Result<Json> read_answer(const std::string& line);

Json to_json(const cluster::ObjectKey& key);
Result<cluster::ObjectKey> read_key(const Json& request);

/// Kind, namespace and labels of a list or watch.
Json to_json(cluster::Kind kind, const cluster::ListOptions& options);
Result<cluster::Kind> read_kind(const Json& request);
cluster::ListOptions read_list_options(const Json& request);

Json to_json(const cluster::Change& change);
Result<cluster::Change> read_change(const Json& json);

}  // namespace visionops::local::door
