// Writing a JPEG again. PURE.
#pragma once

#include "worker/pipeline/collection/image_operation.h"

namespace visionops::pipeline {

/// Writes a JPEG with at most this quality (IJG scale, 1..100). Files of other formats keep their encoding. Of several
/// the lowest counts: a file that went through quality 60 gains nothing from being written with 90.
struct Reencode {
  std::int32_t quality = 0;
  operator ImageOperation() const;  // NOLINT(google-explicit-constructor): a manipulator returns it as it is
};

}  // namespace visionops::pipeline
