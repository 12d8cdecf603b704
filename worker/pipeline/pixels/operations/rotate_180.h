// Half a turn. PURE.
#pragma once

#include "worker/pipeline/collection/image_operation.h"

namespace visionops::pipeline {

/// Turns the picture by 180 degrees; the size stays. Two in a row cancel.
struct Rotate180 {
  operator ImageOperation() const;  // NOLINT(google-explicit-constructor): a manipulator returns it as it is
};

}  // namespace visionops::pipeline
