// What two runs of the same workload must agree on.
#pragma once

#include <map>
#include <string>

#include "operator/local/api_server/object_store.h"

namespace visionops::sim {

struct EndStateMask {
  /// Also hides what differs when Pods were lost: attempts, Jobs, Pods, messages about retries.
  bool attempts = false;
};

/// Every object as text by "Kind namespace/name", without what differs between two undisturbed runs:
/// uids, resourceVersions and times.
std::map<std::string, std::string> end_state(const local::ObjectStore& store, EndStateMask mask);

/// Empty when equal, else the first differing lines, for people.
std::string difference(const std::map<std::string, std::string>& expected,
                       const std::map<std::string, std::string>& actual);

}  // namespace visionops::sim
