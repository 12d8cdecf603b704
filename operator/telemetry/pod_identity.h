// Who a telemetry token belongs to.
#pragma once

#include <string>

namespace visionops::telemetry {

struct PodIdentity {
  std::string namespace_;
  std::string name;       ///< of the Pod
  std::string uid;        ///< of the Pod
  std::string owner_uid;  ///< label visionops.dev/uid: the resource whose run the Pod carries out
  bool operator==(const PodIdentity&) const = default;
};

}  // namespace visionops::telemetry
