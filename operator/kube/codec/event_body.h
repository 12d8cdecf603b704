// events.k8s.io/v1 Event. PURE.
#pragma once

#include <string>

#include "operator/cluster/cluster_api.h"

namespace visionops::kube {

/// Who reports: "operator" and the name of the Pod.
struct Reporter {
  std::string component;
  std::string instance;
};

/// Events about objects without a namespace stand in "default".
std::string event_namespace(const cluster::Object& about);
std::string event_body(const cluster::Object& about, const cluster::Event& event, const std::string& name,
                       TimePoint now, const Reporter& reporter);

/// The newest event of an EventList of events.k8s.io/v1; nothing when it is empty. Total but for malformed JSON.
Result<std::optional<cluster::Event>> newest_event(const std::string& list);

}  // namespace visionops::kube
