// Checks of boxes against their image, shared by the readers.
#pragma once

#include <string>

#include "worker/dataset/model/annotations.h"

namespace visionops::annotations {

/// Adds ZeroSizeBox or BoxOutsideImage (by more than a pixel; only when the size of the image is known) for `object`.
/// Such objects are kept: writers decide what they can express.
void check_box(const Annotations& a, const Object& object, const std::string& file, const std::string& position,
               Findings& findings);

}  // namespace visionops::annotations
