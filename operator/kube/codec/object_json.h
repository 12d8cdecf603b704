// What the API server sends, as trees without the parts that nobody here looks at: who wrote which field, and the
// containers of Jobs and Pods. That is most of a Pod, and would be most of the time and memory of a list. PURE.
#pragma once

#include <functional>
#include <string>

#include "base/json_fwd.h"
#include "operator/cluster/cluster_api.h"

namespace visionops::kube {

struct Reading {
  cluster::Kind kind = cluster::Kind::Dataset;
  bool container_specs = true;  ///< of Jobs and Pods: their containers, volumes, template and scheduling
};

/// A reply that is one object. Retry for what is no JSON, as below: a reply may be cut off.
Result<Json> read_object(const std::string& text, const Reading& reading);
/// A line of a watch: {"type": ..., "object": {...}}.
Result<Json> read_event(const std::string& line, const Reading& reading);
/// Calls `on_item` for each of `items` in turn, then returns what stands beside them.
Result<Json> read_list(const std::string& text, const Reading& reading, const std::function<void(Json)>& on_item);

}  // namespace visionops::kube
