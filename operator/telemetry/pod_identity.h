// Who a telemetry token belongs to.
#pragma once

#include <string>

#include "worker/contract/run_spec.h"

namespace visionops::telemetry {

/// A Pod, and the run that it may speak of as the operator knows it: what the Pod says of itself decides nothing.
struct PodIdentity {
  std::string namespace_;
  std::string name;              ///< of the Pod
  std::string uid;               ///< of the Pod
  contract::RunOwner run = {};   ///< that the Pod carries out; without a uid when it carries out none
  std::string without_run = {};  ///< why it carries out none, in words for the sender
};

}  // namespace visionops::telemetry
