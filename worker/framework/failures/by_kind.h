// What an exception means that no rule knows: by its kind, and by where it happened.
#pragma once

#include "worker/contract/failure_class.h"
#include "worker/framework/failures/tracebacks.h"

namespace visionops::framework {

contract::FailureClass class_by_kind(const Raised& raised);

}  // namespace visionops::framework
